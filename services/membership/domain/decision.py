"""What a decision on one of many applications comes to (M-08, M-21)."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Refusal
from services.membership.domain.application import ACTION_OF, LIFECYCLE, Outcome, State
from services.membership.domain.policies import Hands, refuse_own_hand, roles_of


@dataclass(frozen=True, slots=True)
class Result:
    """How one application came out; ``refusal`` says why it was left as it was."""

    application_id: UUID
    state: State | None = None
    refusal: Refusal | None = None
    membership_id: UUID | None = None
    person_id: UUID | None = None
    number: str = ""
    name: str = ""
    union_id: UUID | None = None


def judge(actor: Actor, state: State, hands: Hands, outcome: Outcome) -> State | Refusal:
    """The state that follows, or why this actor may not decide this application."""
    try:
        after = LIFECYCLE.after(state, ACTION_OF[outcome], roles_of(actor))
        refuse_own_hand(actor, hands)
    except Refusal as refusal:
        return refusal
    return after
