"""Every page of a union office shows how much waits there: by clock, and sheets to finish."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.calendar import end_of_day
from services.membership.domain.policies import READERS
from services.membership.store import desk

THREE_DAYS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Waiting:
    applications: Row[Any]
    imports_to_finish: int


async def count_waiting(actor: Actor, read: Read) -> Waiting:
    actor.require(*READERS)
    today, third = end_of_day(read.today), end_of_day(read.today + THREE_DAYS)
    return Waiting(
        await desk.waiting(actor, read, today, third), await desk.imports_to_finish(actor, read)
    )
