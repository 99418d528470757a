"""The audit as every service shows it: what happened below a union, and whether the chain holds."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Select, select

from services.chassis.data.audit_verify import verify
from services.chassis.data.pages import cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Role
from services.chassis.web.depends import CurrentActor, CurrentRead
from services.chassis.web.pages import Page, PageRequest
from services.chassis.web.route import UnitRoute
from services.chassis.web.text import Line

audit_router = APIRouter(prefix="/audit", tags=["audit"], route_class=UnitRoute)

EXAMPLE: JsonDict = {
    "id": "0193a5c2-b7e0-7c3e-8f10-5a2b9c4d6e7f",
    "at": "2026-03-02T09:00:00Z",
    "action": "application.submitted",
    "subject_kind": "application",
    "subject": "0193a5c2-b7e0-7c3e-8f10-000000000001",
    "outcome": "done",
    "actor_kind": "staff",
    "actor_name": "李经办",
    "actor_roles": ["clerk"],
    "before": "draft",
    "after": "submitted",
    "reason": "",
    "details": {},
    "request_id": "0193a5c2b7e07c3e8f10",
}


class AuditRowOut(BaseModel):
    """One thing that was done or refused, by whom, when, from which state to which, and why."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [EXAMPLE]})

    id: UUID
    at: datetime
    action: str
    subject_kind: str
    subject: UUID | None
    outcome: str
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_roles: list[str]
    union_path: str
    before: str
    after: str
    reason: str
    details: dict[str, Any]
    request_id: str
    address: str


class VerificationOut(BaseModel):
    """Whether the chain holds: sealed batches, their rows, the unsealed tail, what is wrong."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"intact": True, "batches": 12, "rows": 480, "unsealed": 2, "problems": []}
            ]
        }
    )

    intact: bool
    batches: int
    rows: int
    unsealed: int
    problems: list[str]


class AuditFilter(PageRequest):
    subject: UUID | None = Field(None, description="对象编号")
    actor: UUID | None = Field(None, description="办理人编号")
    action: Annotated[Line, Field(max_length=80)] | None = Field(None, description="事项")
    since: AwareDatetime | None = Field(None, description="从此时起")
    until: AwareDatetime | None = Field(None, description="到此时止")


@audit_router.get("", summary="查看审计记录（新的在前）")
async def read_audit(
    actor: CurrentActor, read: CurrentRead, wanted: Annotated[AuditFilter, Query()]
) -> Page[AuditRowOut]:
    actor.require(Role.AUDITOR)
    audit = read.store.tables.audit
    by = (audit.c.at, audit.c.id)
    rows, following = await cut(read, _matching(read, wanted), by, wanted.cut, order="desc")
    return Page(items=[AuditRowOut.model_validate(row) for row in rows], next=following)


@audit_router.get("/verification", summary="校验审计链是否完整")
async def verify_chain(actor: CurrentActor, read: CurrentRead) -> VerificationOut:
    actor.require(Role.AUDITOR)
    tables = read.store.tables
    async with read.store.reads.connect() as connection:
        found = await verify(connection, tables.audit, tables.audit_seals)
    return VerificationOut(
        intact=found.intact,
        batches=found.batches,
        rows=found.rows,
        unsealed=found.unsealed,
        problems=list(found.problems),
    )


def _matching(read: Read, wanted: AuditFilter) -> Select[Any]:
    """Only what happened at the auditor's union and below (J-2)."""
    audit = read.store.tables.audit
    path = read.actor.union_path
    query = select(audit).where(audit.c.union_path.startswith(path, autoescape=True))
    for column, value in (
        (audit.c.subject, wanted.subject),
        (audit.c.actor_id, str(wanted.actor) if wanted.actor else None),
        (audit.c.action, wanted.action),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until)
    return query
