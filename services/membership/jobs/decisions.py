"""Decisions on a whole imported list, by the kind under which they are enqueued."""

from collections.abc import Mapping

from services.chassis.data.jobs import Handler
from services.membership.usecases.decisions.decide_batch import decide_batch
from services.membership.usecases.decisions.request_batch_decision import KIND


def handlers() -> Mapping[str, Handler]:
    return {KIND: decide_batch}
