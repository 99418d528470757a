"""Members as they go out."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from services.chassis.kernel.masking import mask_name
from services.membership.api.typed import AT, ID, Coded, Instant, UnionRef, shown

EXAMPLE = {
    "id": ID,
    "number": "32058210012026000001",
    "name": "陈小虎",
    "masked_name": "陈**",
    "union": {"id": ID, "name": "唐桥镇总工会"},
    "state": {"code": "active", "label": "在会"},
    "joined_on": "2026-03-04",
}


class MemberOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**EXAMPLE))

    id: UUID
    person_id: UUID
    number: str
    name: str
    masked_name: str
    document_kind: Coded
    document_masked: str
    phone_masked: str
    sex: Coded
    birth_year: int | None
    union: UnionRef
    state: Coded
    joined_on: date
    left_on: date | None
    group: Coded | None
    path: Coded | None
    channel: Coded
    platforms: list[str]
    application_id: UUID | None
    version: int

    @classmethod
    def of(cls, row: Row[Any]) -> "MemberOut":
        return cls(
            id=row.id,
            person_id=row.person_id,
            number=row.member_number or "",
            name=row.name,
            masked_name=mask_name(row.name),
            document_kind=Coded.sure("document_kinds", row.document_kind),
            document_masked=row.document_masked,
            phone_masked=row.phone_masked,
            sex=Coded.sure("sexes", row.sex),
            birth_year=row.birth_year,
            union=UnionRef(id=str(row.union_id), name=row.union_name),
            state=Coded.sure("membership_states", row.state),
            joined_on=row.joined_on,
            left_on=row.left_on,
            group=Coded.of("groups", row.group_code),
            path=Coded.of("join_paths", row.join_path),
            channel=Coded.sure("channels", row.channel),
            platforms=row.platforms,
            application_id=row.application_id,
            version=row.version,
        )


class CardOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            number=EXAMPLE["number"],
            name="陈小虎",
            union="唐桥镇总工会",
            state={"code": "active", "label": "在会"},
            **{"token": "AQ…"},
            url="https://HOST/verify#AQ…",
            qr_svg="<svg>…</svg>",
            valid_until=AT,
        )
    )

    number: str
    name: str
    union: str
    state: Coded
    token: str
    url: str
    qr_svg: str
    valid_until: Instant


class VerificationOut(BaseModel):
    """Whether a card is genuine and holds; nothing more of the person than a masked name."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            valid=True, reason="", name="陈**", union="唐桥镇总工会", checked_at=AT
        )
    )

    valid: bool
    reason: str
    name: str
    union: str
    state: Coded | None
    checked_at: Instant


class GroupCountOut(BaseModel):
    group: Coded
    members: int


class CountsOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            members=3218, gig=642, retained=12, joined_this_month=57, women=903, groups=[]
        )
    )

    members: int
    gig: int
    retained: int
    joined_this_month: int
    women: int
    groups: list[GroupCountOut]
