"""Unions as they go out: to their own offices in full, to the public by public facts only."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from services.chassis.kernel.actors import Actor
from services.membership.api.typed import AT, ID, Coded, Instant, place_of, shown
from services.membership.api.union_in import EXAMPLE
from services.membership.usecases.unions.change_union import CHANGERS
from services.membership.usecases.unions.found_union import FOUNDERS

PUBLIC = {
    "id": ID,
    "name": "唐桥镇总工会",
    "level": {"code": "3", "label": "乡镇（街道）、开发区总工会"},
    "division": {"code": "320582101", "label": "张家港市"},
    "phone": "0512-00000000",
    "catches_all": True,
}
KIND = {"code": "9", "label": "地方总工会"}


class PublicUnionOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**PUBLIC))

    id: UUID
    name: str
    level: Coded
    kind: Coded
    division: Coded | None
    address: str | None
    phone: str | None
    employer_name: str | None
    catches_all: bool
    trade: Coded | None

    @classmethod
    def of(cls, row: Row[Any]) -> "PublicUnionOut":
        return cls(
            id=row.id,
            name=row.name,
            level=Coded.sure("union_levels", str(row.level)),
            kind=Coded.sure("union_kinds", row.kind),
            division=place_of(row.division),
            address=row.address,
            phone=row.phone,
            employer_name=row.employer_name,
            catches_all=row.catches_all,
            trade=Coded.of("groups", row.trade),
        )


class FoundOut(BaseModel):
    """``items`` match what was typed; ``catching`` take in who has no employer's union (M-31)."""

    model_config = ConfigDict(json_schema_extra=shown(items=[PUBLIC], catching=[PUBLIC]))

    items: list[PublicUnionOut]
    catching: list[PublicUnionOut]
    next: str | None = None


class PosterOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(code="7KQ2MX", label="", union={**PUBLIC}))

    code: str
    label: str
    union: PublicUnionOut

    @classmethod
    def of(cls, row: Row[Any]) -> "PosterOut":
        return cls(code=row.poster, label=row.poster_label, union=PublicUnionOut.of(row))


class PosterCodeOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            code="7KQ2MX", url="https://HOST/join/7KQ2MX", label="", qr_svg="<svg>…</svg>"
        )
    )

    code: str
    label: str
    url: str
    qr_svg: str


class UnionOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            **(EXAMPLE | PUBLIC | {"kind": KIND}), state="active", updated_at=AT
        )
    )

    id: UUID
    parent_id: UUID | None
    path: str
    code: str
    name: str
    level: Coded
    kind: Coded
    state: str
    version: int
    actions: list[str]
    catches_all: bool
    trade: Coded | None
    employer_name: str | None
    employer_uscc: str | None
    union_uscc: str | None
    address: str | None
    division: Coded | None
    employer_nature: Coded | None
    economic_type: Coded | None
    industry: Coded | None
    founded_on: date | None
    term_ends_on: date | None
    chair_name: str | None
    phone: str | None
    staff_count: int | None
    member_count: int | None
    women_count: int | None
    migrant_count: int | None
    party_organisation: Coded | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, actor: Actor, row: Any) -> "UnionOut":
        """From a row or an entity: both have the columns as attributes."""
        plain = {name: getattr(row, name) for name in PLAIN}
        return cls(
            **plain,
            level=Coded.sure("union_levels", str(row.level)),
            kind=Coded.sure("union_kinds", row.kind),
            trade=Coded.of("groups", row.trade),
            division=place_of(row.division),
            employer_nature=Coded.of("employer_natures", row.employer_nature),
            economic_type=Coded.of("economic_types", row.economic_type),
            industry=Coded.of("industries", row.industry),
            party_organisation=Coded.of("party_organisations", row.party_organisation),
            actions=_actions(actor),
        )


PLAIN = [
    "id",
    "parent_id",
    "path",
    "code",
    "name",
    "state",
    "version",
    "catches_all",
    "employer_name",
    "employer_uscc",
    "union_uscc",
    "address",
    "founded_on",
    "term_ends_on",
    "chair_name",
    "phone",
    "staff_count",
    "member_count",
    "women_count",
    "migrant_count",
    "created_at",
    "updated_at",
]


def _actions(actor: Actor) -> list[str]:
    found = ["change"] if actor.has(*CHANGERS) else []
    return [*found, "found_below"] if actor.has(*FOUNDERS) else found
