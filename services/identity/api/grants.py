"""Roles granted at unions."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.chassis.kernel.actors import ROLE_LABELS, Role
from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    RequiresKey,
    match,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageQuery
from services.chassis.web.route import UnitRoute
from services.identity.api.accounts import UnionOut
from services.identity.api.typed import ID, NOON, UNION, In, shown
from services.identity.store import accounts, grants
from services.identity.usecases.grants.grant_role import NewGrant, grant_role
from services.identity.usecases.grants.revoke_grant import revoke_grant

VERSIONED = problems(412, 428)
router = APIRouter(tags=["grants"], route_class=UnitRoute, responses=problems(404, 409))

# A grant is made and taken back, never altered.
ONLY_VERSION = 1

GrantableRole = Literal[
    Role.CLERK,
    Role.REVIEWER,
    Role.APPROVER,
    Role.FINANCE,
    Role.MEDIATOR,
    Role.OPERATOR,
    Role.JUDGE,
    Role.ORGANISER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.SECURITY_OFFICER,
]


class GrantIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(union_id=ID, role="clerk", expires_on="2027-12-31")
    )

    union_id: UUID
    role: GrantableRole
    expires_on: date | None = None


class RoleOut(BaseModel):
    code: Role
    label: str


class GrantOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            id=ID,
            account_id=ID,
            account="li.jingban",
            account_name="李经办",
            union=UNION,
            role={"code": "clerk", "label": "经办"},
            expires_on="2027-12-31",
            granted_at=NOON,
        )
    )

    id: UUID
    account_id: UUID
    account: str
    account_name: str
    union: UnionOut
    role: RoleOut
    expires_on: date | None
    granted_at: datetime

    @classmethod
    def of(cls, row: Any) -> "GrantOut":
        role = Role(row.role)
        return cls(
            id=row.id,
            account_id=row.account_id,
            account=row.account,
            account_name=row.account_name,
            union=UnionOut(id=row.union_id, name=row.union_name),
            role=RoleOut(code=role, label=ROLE_LABELS[role]),
            expires_on=row.expires_on,
            granted_at=row.granted_at,
        )


@router.post(
    "/accounts/{account_id}/grants",
    status_code=201,
    summary="授予角色",
    dependencies=[RequiresKey],
)
async def make(actor: CurrentActor, tx: CurrentTx, account_id: UUID, body: GrantIn) -> GrantOut:
    new = NewGrant(body.role, body.union_id, body.expires_on)
    grant_id = await grant_role(actor, tx, account_id, new)
    return GrantOut.of(await grants.one(actor, tx, grant_id))


@router.get("/accounts/{account_id}/grants", summary="一个账号的授权")
async def of_account(
    actor: CurrentActor, read: CurrentRead, account_id: UUID, page: PageQuery
) -> Page[GrantOut]:
    actor.require(*accounts.OVERSEERS)
    rows, following = await grants.of_account(actor, read, account_id, page.cut)
    return Page(items=[GrantOut.of(row) for row in rows], next=following)


@router.get("/grants", summary="本级及下级工会的授权")
async def listed(actor: CurrentActor, read: CurrentRead, page: PageQuery) -> Page[GrantOut]:
    actor.require(*accounts.OVERSEERS)
    rows, following = await grants.listed(actor, read, page.cut)
    return Page(items=[GrantOut.of(row) for row in rows], next=following)


@router.get("/grants/{grant_id}", summary="一项授权")
async def one(
    actor: CurrentActor, read: CurrentRead, grant_id: UUID, response: Response
) -> GrantOut:
    actor.require(*accounts.OVERSEERS)
    tag(response, ONLY_VERSION)
    return GrantOut.of(await grants.one(actor, read, grant_id))


@router.delete("/grants/{grant_id}", status_code=204, responses=VERSIONED, summary="收回授权")
async def revoke(actor: CurrentActor, tx: CurrentTx, grant_id: UUID, version: IfMatch) -> None:
    match(ONLY_VERSION, version)
    await revoke_grant(actor, tx, grant_id)
