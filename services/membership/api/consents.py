"""Consents and their texts (S-02, S-03, S-16)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    PublicActor,
    RequiresKey,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page
from services.chassis.web.route import UnitRoute
from services.chassis.web.text import Paragraphs
from services.membership.api.application_in import ConsentIn
from services.membership.api.application_out import GivenOut
from services.membership.api.depends import KnownPhone
from services.membership.api.typed import ID, Code, In, Name, Out, Word, shown
from services.membership.store import consents
from services.membership.usecases.consents.give_consent import give_consent
from services.membership.usecases.consents.publish_text import NewText, publish_text
from services.membership.usecases.consents.withdraw_consent import withdraw_consent

router = APIRouter(tags=["consents"], route_class=UnitRoute)

TEXT: dict[str, Any] = {
    "purpose": "service_notices",
    "version": "2026-01",
    "title": "接收工会服务通知",
    "body": "工会可以用您的手机号码通知……",
    "items": ["手机号码"],
    "recipients": [],
    "is_required": False,
    "is_sensitive": False,
    "valid_from": "2026-01-01",
}


class ConsentTextOut(Out):
    model_config = ConfigDict(from_attributes=True, json_schema_extra=shown(id=ID, **TEXT))

    id: UUID
    purpose: str
    version: str
    title: str
    body: str
    items: list[str]
    recipients: list[str]
    is_required: bool
    is_sensitive: bool
    valid_from: date
    valid_to: date | None


class ConsentTextIn(In):
    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(**TEXT))

    purpose: Code = Field(pattern=r"^[a-z][a-z_]{1,39}$")
    version: Code = Field(min_length=1)
    title: Name
    body: Annotated[Paragraphs, Field(min_length=10)]
    items: Annotated[list[Word], Field(min_length=1, max_length=50)]
    recipients: Annotated[list[Word], Field(max_length=20)] = Field(default_factory=list)
    is_required: bool
    is_sensitive: bool
    valid_from: date


class ConsentsIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(person_id=ID, consents=[{"text_id": ID, "version": "2026-01"}])
    )

    person_id: UUID
    consents: Annotated[list[ConsentIn], Field(min_length=1, max_length=10)]


class WithdrawnOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(id=ID, purpose="service_notices"))

    id: UUID
    purpose: str


@router.get("/consent-texts", summary="现行的同意书")
async def texts(actor: PublicActor, read: CurrentRead) -> Page[ConsentTextOut]:
    rows = await consents.texts(read, read.today)
    return Page(items=[ConsentTextOut.model_validate(row) for row in rows])


@router.post(
    "/consent-texts",
    status_code=201,
    summary="发布新版同意书",
    dependencies=[RequiresKey],
    responses=problems(409),
)
async def publish(actor: CurrentActor, tx: CurrentTx, body: ConsentTextIn) -> ConsentTextOut:
    text = await publish_text(actor, tx, NewText(**body.model_dump()))
    return ConsentTextOut.model_validate(text)


@router.get("/consents", summary="同意记录", responses=problems(404))
async def given(
    actor: CurrentActor, phone: KnownPhone, read: CurrentRead, person: UUID | None = None
) -> Page[GivenOut]:
    rows = await consents.given_by(actor, read, phone.keys, person)
    return Page(items=[_given(row) for row in rows])


@router.post(
    "/consents",
    status_code=201,
    summary="增加同意事项",
    dependencies=[RequiresKey],
    responses=problems(404),
)
async def give(
    actor: CurrentActor, phone: KnownPhone, tx: CurrentTx, body: ConsentsIn
) -> Page[GivenOut]:
    agreed = [consent.given() for consent in body.consents]
    await give_consent(actor, tx, body.person_id, agreed, phone.keys)
    rows = await consents.given_by(actor, tx, phone.keys, body.person_id)
    return Page(items=[_given(row) for row in rows])


@router.put("/consents/{consent_id}/withdrawal", summary="撤回同意", responses=problems(404, 409))
async def withdraw(
    actor: CurrentActor, phone: KnownPhone, tx: CurrentTx, consent_id: UUID
) -> WithdrawnOut:
    consent = await withdraw_consent(actor, tx, consent_id, phone.keys)
    return WithdrawnOut(id=consent.id, purpose=consent.purpose)


def _given(row: Row[Any]) -> GivenOut:
    return GivenOut(
        id=row.id,
        purpose=row.purpose,
        title=row.title,
        version=row.version,
        given_at=row.given_at,
        channel=row.channel,
        withdrawn_at=row.withdrawn_at,
    )
