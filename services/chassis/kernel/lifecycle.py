"""A state machine is a table; this module only knows how to read one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from services.chassis.kernel.actors import ROLE_LABELS, Role
from services.chassis.kernel.refusals import Conflict, Forbidden

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class WrongState(Conflict):
    code = "wrong-state"
    title = "当前状态不能这样办理"


@dataclass(frozen=True, slots=True)
class Move(Generic[S, A]):
    """In any of ``sources``, whoever holds one of ``by`` may take ``action`` to ``target``."""

    action: A
    sources: tuple[S, ...]
    target: S
    by: tuple[Role, ...]


class Lifecycle(Generic[S, A]):
    """The moves of one kind of object; ``labels`` give the Chinese words of states and actions."""

    def __init__(
        self, initial: S, moves: Iterable[Move[S, A]], labels: dict[StrEnum, str] | None = None
    ) -> None:
        self.initial = initial
        self.labels: dict[StrEnum, str] = labels or {}
        self.states: tuple[S, ...] = tuple(type(initial))
        self.table: dict[tuple[S, A], Move[S, A]] = {}
        for move in moves:
            for source in move.sources:
                if (source, move.action) in self.table:
                    raise ValueError(f"{move.action} from {source} is listed twice")
                self.table[source, move.action] = move

    def after(self, state: S, action: A, roles: Iterable[Role]) -> S:
        """The state that follows; raises WrongState or Forbidden."""
        move = self.table.get((state, action))
        if move is None:
            raise WrongState(
                f"当前状态为“{self.label(state)}”，不能“{self.label(action)}”。请刷新页面查看最新状态。",
                state=str(state),
                action=str(action),
            )
        if set(roles).isdisjoint(move.by):
            names = "、".join(ROLE_LABELS[role] for role in move.by)
            raise Forbidden(f"只有“{names}”可以“{self.label(action)}”。")
        return move.target

    def actions(self, state: S, roles: Iterable[Role]) -> list[A]:
        """What the frontend may offer as buttons, in the order of the table."""
        held = set(roles)
        return [
            move.action
            for (source, _), move in self.table.items()
            if source is state and not held.isdisjoint(move.by)
        ]

    def label(self, word: StrEnum) -> str:
        """The Chinese word for a state or an action."""
        return self.labels.get(word, str(word))

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, for ``docs/lifecycles/``."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for (source, action), move in self.table.items():
            by = "/".join(move.by)
            lines.append(f"    {source} --> {move.target}: {action} ({by})")
        return "\n".join(lines)
