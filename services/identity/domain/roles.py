"""Which roles may be granted, and which exclude each other (architecture: who may see and do what).

The administrator creates accounts and sees no case data; the auditor reads and changes nothing;
the security officer grants roles. These three exclude each other and every role that works on
cases, wherever they are granted: one person never holds both ends of a control (等保 三员分立).
Who approves a payment does not make it; that pair is refused where the two grants overlap.
Who prepares does not decide is a rule about one case, and is checked there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.chassis.kernel.actors import Role

CASE_ROLES = frozenset(
    {
        Role.CLERK,
        Role.REVIEWER,
        Role.APPROVER,
        Role.FINANCE,
        Role.MEDIATOR,
        Role.OPERATOR,
        Role.JUDGE,
        Role.ORGANISER,
    }
)
OVERSIGHT = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY_OFFICER})
GRANTABLE = CASE_ROLES | OVERSIGHT

EVERYWHERE: dict[Role, frozenset[Role]] = {
    **{role: (OVERSIGHT - {role}) | CASE_ROLES for role in OVERSIGHT},
    **dict.fromkeys(CASE_ROLES, OVERSIGHT),
}
WHERE_THEY_OVERLAP: dict[Role, frozenset[Role]] = {
    Role.APPROVER: frozenset({Role.FINANCE}),
    Role.FINANCE: frozenset({Role.APPROVER}),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds at a union."""

    role: Role
    path: str


def excluding(wanted: Held, held: Iterable[Held]) -> Held | None:
    """The first role already held that does not go together with ``wanted``."""
    for other in held:
        if other.role in EVERYWHERE[wanted.role]:
            return other
        near = other.path.startswith(wanted.path) or wanted.path.startswith(other.path)
        if near and other.role in WHERE_THEY_OVERLAP.get(wanted.role, frozenset()):
            return other
    return None
