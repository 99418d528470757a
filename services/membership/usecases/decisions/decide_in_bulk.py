"""A reviewer decides a list; hearers are told once for each thousand of it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.ids import new_id
from services.membership.domain.application import Outcome
from services.membership.domain.decision import Result
from services.membership.domain.events import BatchApplied
from services.membership.usecases.decisions.decide_applications import decide_applications

TOLD_AT_ONCE = 1_000


async def decide_in_bulk(
    actor: Actor,
    tx: Tx,
    ids: Sequence[UUID],
    outcome: Outcome,
    reason: str,
    batch_id: UUID | None = None,
) -> list[Result]:
    results = await decide_applications(actor, tx, list(dict.fromkeys(ids)), outcome, reason)
    for union_id, some in _told_together(results):
        await tx.emit(
            BatchApplied(
                subject=batch_id or new_id(),
                outcome=outcome,
                union_id=union_id,
                application_ids=[result.application_id for result in some],
                membership_ids=[r.membership_id for r in some if r.membership_id],
                person_ids=[r.person_id for r in some if r.person_id],
            )
        )
    return results


def _told_together(results: Sequence[Result]) -> Iterator[tuple[UUID, list[Result]]]:
    """What was decided, by union, because each union's is told to others."""
    by_union: dict[UUID, list[Result]] = {}
    for result in results:
        if result.refusal is None and result.union_id is not None:
            by_union.setdefault(result.union_id, []).append(result)
    for union_id, done in by_union.items():
        for start in range(0, len(done), TOLD_AT_ONCE):
            yield union_id, done[start : start + TOLD_AT_ONCE]
