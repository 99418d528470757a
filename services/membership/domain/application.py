"""The life of an enrolment application (M-03, M-08)."""

from datetime import date, datetime
from enum import StrEnum

from services.chassis.kernel.actors import Role
from services.chassis.kernel.calendar import Calendar, Due, after_working_days
from services.chassis.kernel.lifecycle import Lifecycle, Move


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    SUBMIT = "submit"
    RETURN = "return"
    ADMIT = "admit"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ESCALATE = "escalate"


class Outcome(StrEnum):
    """What a decision may say."""

    ADMITTED = "admitted"
    REFUSED = "refused"


class Channel(StrEnum):
    """How an application came in (B.6 申请渠道)."""

    ONLINE = "online"
    SCAN = "scan"
    COUNTER = "counter"
    BATCH = "batch"


EDITABLE = frozenset({State.DRAFT, State.RETURNED})
WAITING = frozenset({State.SUBMITTED, State.RETURNED})
FINAL = frozenset({State.ADMITTED, State.REFUSED, State.WITHDRAWN})

PREPARERS = (Role.WORKER, Role.CLERK)
DECIDERS = (Role.REVIEWER, Role.APPROVER)

LABELS: dict[StrEnum, str] = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "待审核",
    State.RETURNED: "退回补正",
    State.ADMITTED: "已入会",
    State.REFUSED: "未通过",
    State.WITHDRAWN: "已撤回",
    Action.SUBMIT: "提交申请",
    Action.RETURN: "退回补正",
    Action.ADMIT: "同意入会",
    Action.REFUSE: "不予通过",
    Action.WITHDRAW: "撤回申请",
    Action.ESCALATE: "提请上级督办",
    Channel.ONLINE: "网上",
    Channel.SCAN: "扫码",
    Channel.COUNTER: "窗口",
    Channel.BATCH: "集体",
}

OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED)

# fmt: off
LIFECYCLE = Lifecycle(
    State.DRAFT,
    [
        Move(Action.SUBMIT,   (State.DRAFT, State.RETURNED), State.SUBMITTED, PREPARERS),
        Move(Action.RETURN,   (State.SUBMITTED,),            State.RETURNED,  DECIDERS),
        Move(Action.ADMIT,    (State.SUBMITTED,),            State.ADMITTED,  DECIDERS),
        Move(Action.REFUSE,   (State.SUBMITTED,),            State.REFUSED,   DECIDERS),
        Move(Action.WITHDRAW, OPEN,                          State.WITHDRAWN, PREPARERS),
        Move(Action.ESCALATE, (State.SUBMITTED,),            State.SUBMITTED, (Role.SYSTEM,)),
    ],
    LABELS,
)
# fmt: on

ACTION_OF = {Outcome.ADMITTED: Action.ADMIT, Outcome.REFUSED: Action.REFUSE}


def review_due(submitted_on: date, working_days: int, calendar: Calendar) -> Due:
    """The union reviews within ``join_review_days`` working days of the submission (M-08)."""
    return after_working_days(submitted_on, working_days, calendar)


def is_overdue(state: State, due_at: datetime | None, now: datetime) -> bool:
    """Still waiting although the day is over (M-08)."""
    return state is State.SUBMITTED and due_at is not None and due_at <= now
