"""People: masked facts, a timeline, and the full value for a stated purpose."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from services.chassis.web.depends import CurrentActor, CurrentRead, TakesNoKey, tag
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.membership.api.application_out import PersonOut
from services.membership.api.depends import KnownPhone
from services.membership.api.typed import AT, ID, Code, Coded, In, Instant, shown
from services.membership.store import people
from services.membership.usecases.people.disclose_facts import disclose_facts
from services.membership.usecases.people.lay_timeline import Moment, lay_timeline

router = APIRouter(tags=["people"], route_class=UnitRoute)

Field_ = Literal["document", "phone", "birth", "address"]


class PersonFullOut(BaseModel):
    """A person with coded facts; numbers stay masked."""

    model_config = ConfigDict(json_schema_extra=shown(id=ID, person={"name": "陈小虎"}))

    id: UUID
    person: PersonOut
    member_number: str | None
    employer_name: str | None
    ethnicity: Coded | None
    education: Coded | None
    politics: Coded | None
    employment: Coded | None
    skill_level: Coded | None
    household_kind: Coded | None
    household_division: str | None
    native_place: str | None
    is_migrant: bool | None
    version: int
    updated_at: Instant

    @classmethod
    def of(cls, row: Row[Any]) -> "PersonFullOut":
        coded = {name: Coded.of(listed, getattr(row, name)) for name, listed in LISTS.items()}
        plain = {name: getattr(row, name) for name in PLAIN}
        return cls(person=PersonOut.of(row), **coded, **plain)


LISTS = {
    "ethnicity": "ethnicities",
    "education": "educations",
    "politics": "politics",
    "employment": "employments",
    "skill_level": "skill_levels",
    "household_kind": "household_kinds",
}
PLAIN = (
    "id",
    "member_number",
    "employer_name",
    "household_division",
    "native_place",
    "is_migrant",
    "version",
    "updated_at",
)


class DisclosureIn(In):
    model_config = ConfigDict(json_schema_extra=shown(purpose="verify", fields=["phone"]))

    purpose: Code
    fields: Annotated[list[Field_], Field(min_length=1, max_length=4)]


class DisclosureOut(BaseModel):
    """The full values; a page hides them again at ``hide_at``."""

    model_config = ConfigDict(
        json_schema_extra=shown(facts={"phone": "（11 位手机号）"}, hide_at=AT)
    )

    facts: dict[str, str]
    hide_at: Instant


class MomentOut(BaseModel):
    at: Instant
    on: date
    kind: str
    label: str
    union: str
    actor_name: str
    reason: str
    rule: str
    reference: UUID

    @classmethod
    def of(cls, moment: Moment) -> "MomentOut":
        return cls(**{name: getattr(moment, name) for name in Moment.__slots__})


class TimelineOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(items=[{"at": AT, "kind": "change", "label": "入会"}])
    )

    items: list[MomentOut]


@router.get("/people/{person_id}", summary="人员信息", responses=problems(404))
async def show(
    actor: CurrentActor,
    phone: KnownPhone,
    read: CurrentRead,
    person_id: UUID,
    response: Response,
) -> PersonFullOut:
    row = await people.find(actor, read, person_id, phone.keys)
    tag(response, row.version)
    return PersonFullOut.of(row)


@router.post(
    "/people/{person_id}/disclosures",
    summary="查看完整的敏感信息",
    dependencies=[TakesNoKey],
    responses=problems(404),
)
async def disclose(
    actor: CurrentActor,
    phone: KnownPhone,
    read: CurrentRead,
    person_id: UUID,
    body: DisclosureIn,
) -> DisclosureOut:
    made = await disclose_facts(
        actor, read, "people", person_id, body.purpose, body.fields, phone.keys
    )
    return DisclosureOut(facts=made.facts, hide_at=made.hide_at)


@router.post(
    "/applications/{application_id}/disclosures",
    summary="查看申请人的完整敏感信息",
    dependencies=[TakesNoKey],
    responses=problems(404),
)
async def disclose_applicant(
    actor: CurrentActor,
    phone: KnownPhone,
    read: CurrentRead,
    application_id: UUID,
    body: DisclosureIn,
) -> DisclosureOut:
    made = await disclose_facts(
        actor, read, "applications", application_id, body.purpose, body.fields, phone.keys
    )
    return DisclosureOut(facts=made.facts, hide_at=made.hide_at)


@router.get("/people/{person_id}/timeline", summary="人员经历", responses=problems(404))
async def timeline(
    actor: CurrentActor, phone: KnownPhone, read: CurrentRead, person_id: UUID
) -> TimelineOut:
    moments = await lay_timeline(actor, read, person_id, phone.keys)
    return TimelineOut(items=[MomentOut.of(moment) for moment in moments])
