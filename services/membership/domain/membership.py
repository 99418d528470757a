"""States of a membership and the national change codes (B.3)."""

from enum import StrEnum


class State(StrEnum):
    ACTIVE = "active"
    RETAINED = "retained"
    TRANSFERRING = "transferring"
    WITHDRAWN = "withdrawn"
    EXPELLED = "expelled"
    DECEASED = "deceased"


class Change(StrEnum):
    """会籍变化类型."""

    JOINED = "1"
    MOVED_IN = "2"
    RETAINED = "3"
    MOVED_OUT = "4"
    STRUCK_OFF = "5"
    LEFT = "6"


OPEN = (State.ACTIVE, State.RETAINED, State.TRANSFERRING)

LABELS: dict[State, str] = {
    State.ACTIVE: "在会",
    State.RETAINED: "保留会籍",
    State.TRANSFERRING: "转出中",
    State.WITHDRAWN: "已退会",
    State.EXPELLED: "已除名",
    State.DECEASED: "已故",
}
