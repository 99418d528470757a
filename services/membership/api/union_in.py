"""Unions as they come in."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.membership.api.typed import (
    ID,
    Address,
    Code,
    Count,
    Division,
    In,
    Name,
    Word,
    shown,
)
from services.membership.domain.union_facts import UnionFacts

EXAMPLE = {
    "name": "唐桥镇总工会",
    "level": 3,
    "kind": "9",
    "division": "320582101",
    "catches_all": True,
    "address": "唐桥镇人民路 1 号",
    "phone": "0512-00000000",
}


class UnionFactsIn(In):
    """The fields of rulebook B.5; codes or their exact labels."""

    code: Code | None = Field(None, pattern=r"^[0-9A-Za-z-]{1,32}$")
    catches_all: bool = Field(False, description="接收没有单位工会的职工（小三级）")
    trade: Code | None = Field(None, description="行业工会联合会面向的群体")
    employer_name: Name | None = None
    employer_uscc: Code | None = None
    union_uscc: Code | None = None
    address: Address | None = None
    employer_nature: Code | None = None
    economic_type: Code | None = None
    industry: Code | None = None
    founded_on: date | None = None
    term_ends_on: date | None = None
    chair_name: Word | None = None
    phone: Code | None = None
    staff_count: Count | None = None
    member_count: Count | None = None
    women_count: Count | None = None
    migrant_count: Count | None = None
    party_organisation: Code | None = None


class UnionIn(UnionFactsIn):
    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(parent_id=ID, **EXAMPLE))

    parent_id: UUID
    name: Name
    level: int = Field(ge=0, le=4)
    kind: Code
    division: Division

    def facts(self) -> UnionFacts:
        return UnionFacts(**self.model_dump(exclude={"parent_id"}))


class UnionPatch(UnionFactsIn):
    """Only the fields that are sent change; an empty value is sent as null."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra=shown(phone="0512-11111111", chair_name="顾主席")
    )

    name: Name | None = None
    level: int | None = Field(None, ge=0, le=4)
    kind: Code | None = None
    division: Division | None = None

    def changes(self) -> dict[str, Any]:
        """What was sent; fields that a union cannot be without are never emptied."""
        sent = self.model_dump(exclude_unset=True)
        needed = {"name", "level", "kind", "division", "code", "catches_all"}
        return {n: value for n, value in sent.items() if value is not None or n not in needed}


class FindIn(In):
    model_config = ConfigDict(json_schema_extra=shown(text="唐桥", division="320582", group="G06"))

    text: Word = Field("", description="工会或单位名称，或拼音首字母")
    division: Division = Field("", description="工作地政区代码")
    employer: Name | None = None
    street: Address = ""
    group: Code = ""


class PosterIn(In):
    model_config = ConfigDict(json_schema_extra=shown(label="美团唐桥站"))

    label: Word = ""
