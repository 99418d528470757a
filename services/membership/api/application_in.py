"""Applications as they come in."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.chassis.data.pages import MAX_LIMIT
from services.membership.api.typed import (
    ID,
    Address,
    Code,
    Division,
    In,
    Number,
    Reason,
    Word,
    shown,
)
from services.membership.domain.application import Outcome, State
from services.membership.domain.enrolment import Given, Request
from services.membership.domain.paths import Relation, Situation
from services.membership.domain.person import Stated

MOST_DECISIONS = 1000


class DocumentIn(In):
    kind: Code = Field("111", description="证件类型（GA/T 517）")
    number: Number


class PersonIn(In):
    name: Word
    document: DocumentIn
    phone: Word = ""
    sex: Code = ""
    birth: date | None = None
    address: Address = ""

    def stated(self, own_phone: str) -> Stated:
        return Stated(
            self.name,
            self.document.kind,
            self.document.number,
            own_phone or self.phone,
            self.sex,
            self.birth,
            self.address,
        )


class SituationIn(In):
    model_config = ConfigDict(json_schema_extra=shown(relation="partial", has_employer_union=False))

    relation: Relation
    has_employer_union: bool = False
    has_user_union: bool = False
    has_industry_union: bool = False

    def answers(self) -> Situation:
        return Situation(
            self.relation, self.has_employer_union, self.has_user_union, self.has_industry_union
        )


class GuardianIn(In):
    name: Word
    relation: Word


class ConsentIn(In):
    text_id: UUID
    version: Code
    evidence: Word = ""
    guardian: GuardianIn | None = None

    def given(self) -> Given:
        guardian = (self.guardian.name, self.guardian.relation) if self.guardian else None
        return Given(
            text_id=self.text_id, version=self.version, evidence=self.evidence, guardian=guardian
        )


class DetailsIn(In):
    ethnicity: Code = ""
    education: Code = ""
    politics: Code = ""
    employment: Code = ""
    skill_level: Code = ""
    household_kind: Code = ""
    household_division: Division = ""
    native_place: Word = ""
    is_migrant: bool | None = None


EXAMPLE = shown(
    poster="7KQ2MX",
    person={"name": "陈小虎", "document": {"kind": "111", "number": "（18 位身份证号）"}},
    group_code="G06",
    platforms=["美团", "饿了么"],
    situation={"relation": "partial"},
    work_division="320582",
    consents=[{"text_id": ID, "version": "2026-01"}],
)


class ApplicationIn(In):
    model_config = ConfigDict(json_schema_extra=EXAMPLE)

    union_id: UUID | None = None
    poster: Code | None = None
    person: PersonIn
    group_code: Code | None = None
    platforms: Annotated[list[Word], Field(max_length=10)] = Field(default_factory=list)
    situation: SituationIn | None = None
    employer_name: Word | None = None
    work_division: Division | None = None
    details: DetailsIn = DetailsIn()
    consents: Annotated[list[ConsentIn], Field(max_length=10)] = Field(default_factory=list)

    def request(self, own_phone: str) -> Request:
        return Request(
            person=self.person.stated(own_phone),
            union_id=self.union_id,
            poster=self.poster,
            group=self.group_code,
            platforms=self.platforms,
            situation=self.situation.answers() if self.situation else None,
            employer_name=self.employer_name,
            work_division=self.work_division,
            details=self.details.model_dump(),
            consents=[consent.given() for consent in self.consents],
        )


class DecisionIn(In):
    model_config = ConfigDict(json_schema_extra=shown(outcome="admitted", reason="材料齐全"))

    outcome: Outcome
    reason: Reason = ""


class DecisionsIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(application_ids=[ID], outcome="admitted", reason="")
    )

    application_ids: (
        Annotated[list[UUID], Field(min_length=1, max_length=MOST_DECISIONS)] | None
    ) = None
    batch_id: UUID | None = None
    outcome: Outcome
    reason: Reason = ""


class ReasonIn(In):
    model_config = ConfigDict(json_schema_extra=shown(reason="身份证号与照片不一致，请核对。"))

    reason: Reason = ""


class ApplicationSearchIn(In):
    model_config = ConfigDict(json_schema_extra=shown(text="RH20260302K7QWM3XP", limit=20))

    text: Word = Field("", description="姓名、拼音首字母、申请编号、完整证件号或手机号、手机后四位")
    state: State | None = Field(None, description="不填则不含已入会的（按编号查找除外）")
    limit: int = Field(20, ge=1, le=MAX_LIMIT)
    after: str | None = Field(None, max_length=600)
