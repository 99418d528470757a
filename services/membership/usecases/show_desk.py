"""Somebody opens their desk: what waits by clock, what happened, how many members."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.membership.store import desk, member_counts
from services.membership.usecases.count_waiting import Waiting, count_waiting


@dataclass(frozen=True, slots=True)
class Desk:
    waiting: Waiting
    tasks: Sequence[Row[Any]]
    recent: Sequence[Row[Any]]
    counts: Row[Any]


async def show_desk(actor: Actor, read: Read) -> Desk:
    return Desk(
        waiting=await count_waiting(actor, read),
        tasks=await desk.next_due(actor, read),
        recent=await desk.lately(actor, read),
        counts=await member_counts.counts(actor, read, read.today.replace(day=1)),
    )
