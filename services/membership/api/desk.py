"""The desk of a union office."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.chassis.kernel.actors import ROLE_LABELS, Role
from services.chassis.kernel.masking import mask_name
from services.chassis.web.depends import CurrentActor, CurrentRead
from services.chassis.web.route import UnitRoute
from services.membership.api.application_out import ApplicationOut
from services.membership.api.typed import Instant, shown
from services.membership.domain.application import LABELS, Action
from services.membership.usecases.applications.read_application import ApplicationView
from services.membership.usecases.count_waiting import Waiting, count_waiting
from services.membership.usecases.show_desk import Desk, show_desk

router = APIRouter(prefix="/desk", tags=["desk"], route_class=UnitRoute)


class WaitingOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(to_review=12, overdue=2, due_today=3, imports_to_finish=1)
    )

    to_review: int
    returned: int
    drafts: int
    overdue: int
    due_today: int
    due_in_three_days: int
    escalated: int
    imports_to_finish: int

    @classmethod
    def of(cls, waiting: Waiting) -> "WaitingOut":
        return cls(**waiting.applications._mapping, imports_to_finish=waiting.imports_to_finish)


class HappeningOut(BaseModel):
    at: Instant
    application_id: UUID
    number: str
    name: str
    union: str
    label: str
    actor_name: str
    actor_role_label: str
    reason: str


class DeskCountsOut(BaseModel):
    members: int
    gig: int
    joined_this_month: int


class DeskOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            waiting={"to_review": 12, "overdue": 2, "due_today": 3, "due_in_three_days": 5},
            tasks=[],
            recent=[],
            counts={"members": 3218, "gig": 642, "joined_this_month": 57},
        )
    )

    waiting: WaitingOut
    tasks: list[ApplicationOut]
    recent: list[HappeningOut]
    counts: DeskCountsOut


@router.get("", summary="工作台")
async def show(actor: CurrentActor, read: CurrentRead) -> DeskOut:
    desk = await show_desk(actor, read)
    views = [ApplicationView.listed(row, read.now) for row in desk.tasks]
    return DeskOut(
        waiting=WaitingOut.of(desk.waiting),
        tasks=[ApplicationOut.of(actor, view) for view in views],
        recent=_recent(desk),
        counts=DeskCountsOut(
            members=desk.counts.members,
            gig=desk.counts.gig,
            joined_this_month=desk.counts.joined_this_month,
        ),
    )


@router.get("/waiting", summary="待办数量")
async def waiting(actor: CurrentActor, read: CurrentRead) -> WaitingOut:
    return WaitingOut.of(await count_waiting(actor, read))


def _recent(desk: Desk) -> list[HappeningOut]:
    return [
        HappeningOut(
            at=row.at,
            application_id=row.application_id,
            number=row.number,
            name=mask_name(row.name),
            union=row.union_name,
            label=LABELS.get(Action(row.action), row.action),
            actor_name=row.actor_name if row.actor_role != Role.WORKER else "本人",
            actor_role_label=ROLE_LABELS[Role(row.actor_role)] if row.actor_role else "",
            reason=row.reason,
        )
        for row in desk.recent
    ]
