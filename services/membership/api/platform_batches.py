"""Batches of applications from other systems, and what became of them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.chassis.web.depends import CurrentActor, CurrentRead, CurrentTx, RequiresKey
from services.chassis.web.documented import FieldErrorOut
from services.chassis.web.pages import Page, PageRequest
from services.chassis.web.route import UnitRoute
from services.membership.api.application_in import ConsentIn
from services.membership.api.typed import (
    AT,
    ID,
    Address,
    Code,
    In,
    Instant,
    Number,
    Word,
    shown,
)
from services.membership.domain.application import LABELS, State
from services.membership.domain.platform_batch import Item, ItemResult, Status, holds_number
from services.membership.usecases.platforms.enrol_batch import enrol_batch
from services.membership.usecases.platforms.list_results import list_results

router = APIRouter(prefix="/applications/batches", tags=["platforms"], route_class=UnitRoute)

MOST = 1000
REFERENCE = "rider-000123"


def _impersonal(reference: str) -> str:
    if holds_number(reference):
        raise ValueError("编号不能是证件号码或手机号，请使用系统内部的编号。")
    return reference


Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$"), AfterValidator(_impersonal)]


class ItemIn(In):
    """One person; ``reference`` is the caller's own number for them, never a personal one."""

    reference: Reference
    union_id: UUID
    name: Word
    document_kind: Code = ""
    document: Number
    phone: Word
    group_code: Code
    platforms: Annotated[list[Word], Field(max_length=10)] = Field(default_factory=list)
    relation: Code = Field("", description="用工形式，决定入会途径（M-10）；不填按 partial 办理")
    employer_name: Word = ""
    started_on: date | None = None
    address: Address = ""
    education: Code = ""
    ethnicity: Code = ""
    politics: Code = ""
    household_kind: Code = ""
    consents: Annotated[list[ConsentIn], Field(max_length=10)] = Field(default_factory=list)

    def item(self) -> Item:
        told = self.model_dump(exclude={"reference", "union_id", "consents", "platforms"})
        values = {name: str(value or "") for name, value in told.items()}
        values["platforms"] = "、".join(self.platforms)
        return Item(self.reference, self.union_id, values, [c.given() for c in self.consents])


SAID: dict[str, Any] = {
    "reference": REFERENCE,
    "union_id": ID,
    "name": "陈小虎",
    "document": "（18 位身份证号）",
    "phone": "13800001234",
    "group_code": "G06",
    "platforms": ["顺路跑腿"],
    "relation": "partial",
    "consents": [{"text_id": ID, "version": "2026-01", "evidence": "sign-20260302-000123"}],
}


class BatchIn(In):
    model_config = ConfigDict(json_schema_extra=shown(items=[SAID]))

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MOST)]


class ItemOut(BaseModel):
    """``received``: the union has it; ``exists``: it was sent before; ``refused``: see errors."""

    reference: str
    status: Status
    number: str | None
    errors: list[FieldErrorOut]

    @classmethod
    def of(cls, result: ItemResult) -> "ItemOut":
        errors = [
            FieldErrorOut(pointer=fault.pointer, code=fault.code, message=fault.message)
            for fault in result.errors
        ]
        return cls(
            reference=result.reference,
            status=result.status,
            number=result.number,
            errors=errors,
        )


RECEIVED = {
    "reference": REFERENCE,
    "status": "received",
    "number": "RH20260302K7QWM3XP",
    "errors": [],
}


class BatchOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(received=1, existed=0, refused=0, results=[RECEIVED])
    )

    received: int
    existed: int
    refused: int
    results: list[ItemOut]


class ResultOut(BaseModel):
    """``state`` is empty while nothing may be said of the course of an application."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            reference=REFERENCE,
            received_at=AT,
            number="RH20260302K7QWM3XP",
            state="admitted",
            state_label="已入会",
            decided_at=AT,
            reason="",
        )
    )

    reference: str
    received_at: Instant
    number: str | None
    state: State | None
    state_label: str
    decided_at: Instant | None
    reason: str

    @classmethod
    def of(cls, row: Any) -> "ResultOut":
        state = State(row.state) if row.state else None
        return cls(
            reference=row.reference,
            received_at=row.received_at,
            number=row.number,
            state=state,
            state_label=LABELS[state] if state else "已受理",
            decided_at=row.decided_at,
            reason=row.reason,
        )


class ResultsRequest(PageRequest):
    reference: Annotated[list[Reference], Field(max_length=100)] = Field(
        default_factory=list, description="只查这些编号"
    )


@router.post(
    "",
    summary="接入方批量提交入会申请",
    description="一次最多 1000 人，逐人答复；同一接入方的同一编号只受理一次。",
    dependencies=[RequiresKey],
)
async def send(actor: CurrentActor, tx: CurrentTx, body: BatchIn) -> BatchOut:
    results = await enrol_batch(actor, tx, [item.item() for item in body.items])
    counts = {status: sum(r.status is status for r in results) for status in Status}
    return BatchOut(
        received=counts[Status.RECEIVED],
        existed=counts[Status.EXISTS],
        refused=counts[Status.REFUSED],
        results=[ItemOut.of(result) for result in results],
    )


@router.get("/results", summary="接入方查询提交结果")
async def results(
    actor: CurrentActor, read: CurrentRead, asked: Annotated[ResultsRequest, Query()]
) -> Page[ResultOut]:
    rows, following = await list_results(actor, read, asked.reference, asked.cut)
    return Page(items=[ResultOut.of(row) for row in rows], next=following)
