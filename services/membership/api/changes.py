"""Collections that other systems follow: what changed since a cursor, and where to go on."""

from datetime import date
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from services.chassis.data.pages import MAX_LIMIT, Cut
from services.chassis.web.depends import CurrentActor, CurrentRead
from services.chassis.web.route import UnitRoute
from services.membership.api.typed import AT, ID, In, Instant, Out, shown
from services.membership.domain.application import State as ApplicationState
from services.membership.domain.membership import State as MemberState
from services.membership.usecases.follow_changes import follow_changes

router = APIRouter(tags=["changes"], route_class=UnitRoute)
T = TypeVar("T")
CURSOR = "MTIzNB8wMTkzYTVjMi1iN2UwLTdjM2UtOGYxMC01YTJiOWM0ZDZlN2Y"


class ChangesQuery(In):
    changed_since: str | None = Field(
        None, max_length=200, description="上次得到的 next；不填从头开始"
    )
    limit: int = Field(100, ge=1, le=MAX_LIMIT, description="每次条数")

    @property
    def cut(self) -> Cut:
        return Cut(self.limit, self.changed_since)


class ChangesOut(Out, Generic[T]):
    """``next`` is always there: with it one asks again, at once while ``has_more``, else later."""

    items: list[T]
    next: str
    has_more: bool


class ApplicationChangeOut(Out):
    """How an application stands now; the same one may come again, the later one counts."""

    id: UUID
    number: str
    union_id: UUID
    state: ApplicationState
    membership_id: UUID | None
    version: int
    updated_at: Instant


class MemberChangeOut(Out):
    id: UUID
    person_id: UUID
    union_id: UUID
    state: MemberState
    joined_on: date
    left_on: date | None
    application_id: UUID | None
    version: int
    updated_at: Instant


class UnionChangeOut(Out):
    id: UUID
    parent_id: UUID | None
    path: str
    name: str
    code: str
    state: str
    version: int
    updated_at: Instant


class ApplicationChanges(ChangesOut[ApplicationChangeOut]):
    model_config = ConfigDict(
        json_schema_extra=shown(
            items=[
                {
                    "id": ID,
                    "number": "RH20260302K7M2QX9P",
                    "union_id": ID,
                    "state": "admitted",
                    "membership_id": ID,
                    "version": 3,
                    "updated_at": AT,
                }
            ],
            next=CURSOR,
            has_more=False,
        )
    )


class MemberChanges(ChangesOut[MemberChangeOut]):
    model_config = ConfigDict(
        json_schema_extra=shown(
            items=[
                {
                    "id": ID,
                    "person_id": ID,
                    "union_id": ID,
                    "state": "active",
                    "joined_on": "2026-03-02",
                    "left_on": None,
                    "application_id": ID,
                    "version": 1,
                    "updated_at": AT,
                }
            ],
            next=CURSOR,
            has_more=False,
        )
    )


class UnionChanges(ChangesOut[UnionChangeOut]):
    model_config = ConfigDict(
        json_schema_extra=shown(
            items=[
                {
                    "id": ID,
                    "parent_id": None,
                    "path": f"{ID.replace('-', '')}/",
                    "name": "江临县总工会",
                    "code": "320582",
                    "state": "active",
                    "version": 1,
                    "updated_at": AT,
                }
            ],
            next=CURSOR,
            has_more=False,
        )
    )


Asked = Annotated[ChangesQuery, Query()]


@router.get("/applications/changes", summary="入会申请的变化（供其他系统跟随）")
async def applications(actor: CurrentActor, read: CurrentRead, asked: Asked) -> ApplicationChanges:
    rows, cursor, more = await follow_changes(actor, read, "applications", asked.cut)
    items = [ApplicationChangeOut.model_validate(row) for row in rows]
    return ApplicationChanges(items=items, next=cursor, has_more=more)


@router.get("/members/changes", summary="会籍的变化（供其他系统跟随）")
async def members(actor: CurrentActor, read: CurrentRead, asked: Asked) -> MemberChanges:
    rows, cursor, more = await follow_changes(actor, read, "members", asked.cut)
    items = [MemberChangeOut.model_validate(row) for row in rows]
    return MemberChanges(items=items, next=cursor, has_more=more)


@router.get("/unions/changes", summary="工会组织的变化（供其他系统跟随）")
async def unions(actor: CurrentActor, read: CurrentRead, asked: Asked) -> UnionChanges:
    rows, cursor, more = await follow_changes(actor, read, "unions", asked.cut)
    items = [UnionChangeOut.model_validate(row) for row in rows]
    return UnionChanges(items=items, next=cursor, has_more=more)
