"""The life of an imported sheet and of each of its rows (rulebook I: check, mend, apply, undo)."""

from enum import StrEnum

from services.chassis.kernel.actors import Role
from services.chassis.kernel.lifecycle import Lifecycle, Move


class State(StrEnum):
    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    CHECK = "check"
    FINISH_CHECK = "finish_check"
    MEND = "mend"
    CONFIRM = "confirm"
    FINISH_APPLY = "finish_apply"
    CANCEL = "cancel"
    REVERSE = "reverse"
    FINISH_REVERSE = "finish_reverse"
    FAIL = "fail"


class RowState(StrEnum):
    READY = "ready"
    FAULTY = "faulty"
    DUPLICATE = "duplicate"
    APPLIED = "applied"
    UNDONE = "undone"
    KEPT = "kept"


LABELS: dict[StrEnum, str] = {
    State.RECEIVED: "已上传，等待检查",
    State.CHECKING: "正在检查",
    State.CHECKED: "已检查，等待确认",
    State.APPLYING: "正在导入",
    State.APPLIED: "已导入",
    State.UNDOING: "正在撤销",
    State.UNDONE: "已撤销",
    State.FAILED: "没有办成",
    State.CANCELLED: "已取消",
    Action.CHECK: "检查",
    Action.FINISH_CHECK: "完成检查",
    Action.MEND: "修改",
    Action.CONFIRM: "确认导入",
    Action.FINISH_APPLY: "完成导入",
    Action.CANCEL: "取消",
    Action.REVERSE: "撤销导入",
    Action.FINISH_REVERSE: "完成撤销",
    Action.FAIL: "停止",
    RowState.READY: "可导入",
    RowState.FAULTY: "需修改",
    RowState.DUPLICATE: "重复",
    RowState.APPLIED: "已导入",
    RowState.UNDONE: "已撤销",
    RowState.KEPT: "已审核，未撤销",
}

# A sheet in one of these no longer stands in the way of the same file sent again.
OVER = frozenset({State.UNDONE, State.FAILED, State.CANCELLED})
RUNNING = frozenset({State.RECEIVED, State.CHECKING, State.APPLYING, State.UNDOING})
REJECTED = frozenset({RowState.FAULTY, RowState.DUPLICATE})

CLERK, SYSTEM = (Role.CLERK,), (Role.SYSTEM,)
# What was applied before a sheet failed or was cancelled can be taken back, too.
REVERSIBLE = (State.APPLIED, State.CANCELLED, State.FAILED)
STOPPABLE = (State.RECEIVED, State.CHECKING, State.CHECKED, State.APPLYING)

# fmt: off
LIFECYCLE = Lifecycle(
    State.RECEIVED,
    [
        Move(Action.CHECK,          (State.RECEIVED, State.CHECKING),  State.CHECKING,  SYSTEM),
        Move(Action.FINISH_CHECK,   (State.CHECKING,),                 State.CHECKED,   SYSTEM),
        Move(Action.MEND,           (State.CHECKED,),                  State.CHECKED,   CLERK),
        Move(Action.CONFIRM,        (State.CHECKED, State.FAILED),     State.APPLYING,  CLERK),
        Move(Action.FINISH_APPLY,   (State.APPLYING,),                 State.APPLIED,   SYSTEM),
        Move(Action.CANCEL,         STOPPABLE,                         State.CANCELLED, CLERK),
        Move(Action.REVERSE,        REVERSIBLE,                        State.UNDOING,   CLERK),
        Move(Action.FINISH_REVERSE, (State.UNDOING,),                  State.UNDONE,    SYSTEM),
        Move(Action.FAIL,           tuple(sorted(RUNNING)),            State.FAILED,    SYSTEM),
    ],
    LABELS,
)
# fmt: on


def actions_for(state: State, roles: frozenset[Role], ready: int, applied: int) -> list[Action]:
    """The buttons: nothing ready, nothing to confirm; nothing applied, nothing to take back."""
    pointless = set()
    if not ready:
        pointless.add(Action.CONFIRM)
    if not applied:
        pointless.add(Action.REVERSE)
    return [action for action in LIFECYCLE.actions(state, roles) if action not in pointless]
