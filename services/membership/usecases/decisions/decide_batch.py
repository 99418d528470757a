"""The applications of one imported list are decided, thousands at a time, beside the service."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.chassis.data.jobs import Job, advance
from services.chassis.data.tx import Store
from services.membership.domain.application import Outcome
from services.membership.store import applications
from services.membership.usecases.decisions.decide_in_bulk import decide_in_bulk

CHUNK = 5_000
LOT = 50_000  # looked up at once: finding those that wait means going through the whole list


async def decide_batch(store: Store, job: Job) -> Mapping[str, Any]:
    """Carry on where an earlier attempt stopped: what is decided no longer waits.

    Whoever asked is checked anew in each chunk, by the scope and roles of their session.
    """
    outcome, reason = Outcome(job.args["outcome"]), str(job.args["reason"])
    done, refused = job.done, 0
    last: UUID | None = None
    while lot := await _waiting(store, job, last):
        for start in range(0, len(lot), CHUNK):
            ids = lot[start : start + CHUNK]
            async with store.begin(job.actor) as tx:
                results = await decide_in_bulk(job.actor, tx, ids, outcome, reason, job.subject)
                fine = sum(result.refusal is None for result in results)
                done, refused = done + fine, refused + len(results) - fine
                message = f"已办理 {done} 份，未办理 {refused} 份"
                await advance(tx, job, done, job.total, message)
        last = lot[-1]
    return {"decided": done, "refused": refused}


async def _waiting(store: Store, job: Job, last: UUID | None) -> list[UUID]:
    async with store.begin(job.actor) as tx:
        return await applications.waiting_of_batch(job.actor, tx, job.subject, last, LOT)
