"""The life of a staff account (rulebook J; 等保 8.1.4.1, 8.1.4.2)."""

import re
import unicodedata
from enum import StrEnum

from services.chassis.kernel.actors import Role
from services.chassis.kernel.lifecycle import Lifecycle, Move


class State(StrEnum):
    INVITED = "invited"  # an activation code is out; nobody can log in
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Action(StrEnum):
    ACTIVATE = "activate"
    REINVITE = "reinvite"  # a new activation code: lost authenticator, forgotten password
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"


# The holder of an activation code has no session yet, so the move is the system's.
# fmt: off
OPEN = (State.INVITED, State.ACTIVE, State.SUSPENDED)
ADMINISTRATOR = (Role.ADMINISTRATOR,)

LIFECYCLE = Lifecycle(
    State.INVITED,
    [
        Move(Action.ACTIVATE, (State.INVITED,),              State.ACTIVE,    (Role.SYSTEM,)),
        Move(Action.REINVITE, (State.INVITED, State.ACTIVE), State.INVITED,   ADMINISTRATOR),
        Move(Action.SUSPEND,  (State.ACTIVE,),               State.SUSPENDED, ADMINISTRATOR),
        Move(Action.RESUME,   (State.SUSPENDED,),            State.ACTIVE,    ADMINISTRATOR),
        Move(Action.CLOSE,    OPEN,                          State.CLOSED,    ADMINISTRATOR),
    ],
    labels={
        State.INVITED: "待激活",
        State.ACTIVE: "正常",
        State.SUSPENDED: "已停用",
        State.CLOSED: "已注销",
        Action.ACTIVATE: "激活",
        Action.REINVITE: "重新发放激活码",
        Action.SUSPEND: "停用",
        Action.RESUME: "恢复",
        Action.CLOSE: "注销",
    },
)
# fmt: on

_ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{2,31}")


def account_name(raw: str) -> str | None:
    """The one spelling of an account name, or None when it cannot be one."""
    name = unicodedata.normalize("NFKC", raw).strip().lower()
    return name if _ACCOUNT.fullmatch(name) else None
