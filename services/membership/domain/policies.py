"""Who may do what with an application, beyond what the lifecycle's table says."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.refusals import Forbidden
from services.membership.domain.application import LIFECYCLE, Action, State

DECIDING = frozenset({Action.ADMIT, Action.REFUSE, Action.RETURN})

# Who reads members and applications in a union office; administrators see no case data.
READERS = (Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.FINANCE, Role.AUDITOR)


class FourEyes(Forbidden):
    """Nobody decides on what they prepared, or on themselves (M-08)."""

    code = "four-eyes"
    title = "不能审核自己经办的申请"


@dataclass(frozen=True, slots=True)
class Hands:
    """Whose hands an application has been through."""

    prepared_by: UUID
    applicant_id: UUID | None
    handed_in_by: frozenset[UUID] = frozenset()

    def include(self, actor: Actor) -> bool:
        return actor.id in {self.prepared_by, self.applicant_id, *self.handed_in_by}


def refuse_own_hand(actor: Actor, hands: Hands) -> None:
    """Four eyes: the decider neither prepared the application nor is its applicant (M-08)."""
    if hands.include(actor):
        raise FourEyes("这份申请由您本人经办或提出，按规定须由其他审核人员决定。")


def roles_of(actor: Actor) -> frozenset[Role]:
    """The roles that count in a lifecycle; a worker acts as ``worker`` whatever else is granted."""
    if actor.kind is Kind.WORKER:
        return frozenset({Role.WORKER})
    if actor.kind is Kind.SYSTEM:
        return frozenset({Role.SYSTEM})
    return actor.roles if actor.kind is Kind.STAFF else frozenset()


def actions_for(actor: Actor, state: State, hands: Hands) -> list[Action]:
    """The buttons of this actor: the table's moves less those that four eyes forbid."""
    offered = LIFECYCLE.actions(state, roles_of(actor))
    if hands.include(actor):
        return [action for action in offered if action not in DECIDING]
    return offered


def acting_role(actor: Actor, action: Action, state: State) -> str:
    """The one role in which a move was taken, for the record (J-5)."""
    move = LIFECYCLE.table.get((state, action))
    held = roles_of(actor)
    return next((str(role) for role in (move.by if move else ()) if role in held), "")


def refuse_other_place(actor: Actor, union_path: str) -> None:
    """A clerk enters applications for their own union and below; a worker anywhere (J-2)."""
    if actor.kind is not Kind.WORKER and not actor.reaches(union_path):
        raise Forbidden("只能为本级及下级工会办理入会，请选择本工会范围内的工会。")
