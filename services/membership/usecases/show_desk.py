"""Somebody opens their desk: what waits by clock, what happened, how many members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.calendar import end_of_day
from services.membership.domain.policies import READERS
from services.membership.store import desk, member_counts

THREE_DAYS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Desk:
    waiting: Row[Any]
    imports_to_finish: int
    tasks: Sequence[Row[Any]]
    recent: Sequence[Row[Any]]
    counts: Row[Any]


async def show_desk(actor: Actor, read: Read) -> Desk:
    actor.require(*READERS)
    today, third = end_of_day(read.today), end_of_day(read.today + THREE_DAYS)
    return Desk(
        waiting=await desk.waiting(actor, read, today, third),
        imports_to_finish=await desk.imports_to_finish(actor, read),
        tasks=await desk.next_due(actor, read),
        recent=await desk.lately(actor, read),
        counts=await member_counts.counts(actor, read, read.today.replace(day=1)),
    )
