"""Applications as they go out: masked, with state, clocks, and what this caller may do now."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from services.chassis.kernel.actors import ROLE_LABELS, Actor, Kind, Role
from services.chassis.kernel.masking import mask_name
from services.membership.api.typed import (
    ID,
    Coded,
    Instant,
    UnionRef,
    month_of,
    place_of,
    shown,
)
from services.membership.domain.ages import Notice
from services.membership.domain.application import LABELS, Action, State
from services.membership.domain.policies import Hands, actions_for
from services.membership.usecases.applications.read_application import ApplicationView

EXAMPLE = {
    "id": ID,
    "number": "RH20260302K7M2QX9P",
    "state": "submitted",
    "state_label": "待审核",
    "actions": ["return", "admit", "refuse"],
    "union": {"id": ID, "name": "唐桥镇总工会", "phone": "0512-00000000"},
    "channel": {"code": "scan", "label": "扫码"},
    "group": {"code": "G06", "label": "网约送餐员"},
    "platforms": ["美团"],
    "clocks": [{"rule": "M-08", "due_on": "2026-03-16", "provisional": False, "steps": []}],
}


class DocumentOut(BaseModel):
    kind: Coded
    number: str


class PersonOut(BaseModel):
    """A person with masked numbers; the full ones are a disclosure."""

    name: str
    masked_name: str
    document: DocumentOut
    phone: str
    sex: Coded
    birth: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> "PersonOut":
        kind = Coded.sure("document_kinds", row.document_kind)
        return cls(
            name=row.name,
            masked_name=mask_name(row.name),
            document=DocumentOut(kind=kind, number=row.document_masked),
            phone=row.phone_masked,
            sex=Coded.sure("sexes", row.sex),
            birth=month_of(row.birth_year, row.birth_month),
        )


class ClockOut(BaseModel):
    rule: str
    due_on: date
    provisional: bool
    steps: list[str]


class JoinOut(BaseModel):
    path: Coded | None
    rule: str
    reason: str


class NoticeOut(BaseModel):
    code: str
    message: str
    rule: str


class StepOut(BaseModel):
    at: Instant
    action: str
    label: str
    before: str
    after: str
    actor_name: str
    actor_role_label: str
    reason: str
    rule: str


class GivenOut(BaseModel):
    id: UUID
    purpose: str
    title: str
    version: str
    given_at: Instant
    channel: str
    withdrawn_at: Instant | None


class ApplicationOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**EXAMPLE))

    id: UUID
    number: str
    state: State
    state_label: str
    version: int
    actions: list[Action]
    union: UnionRef
    channel: Coded
    batch_id: UUID | None
    person: PersonOut
    group: Coded | None
    platforms: list[str]
    employer_name: str | None
    work_division: Coded | None
    relation: Coded | None
    path: JoinOut | None
    clocks: list[ClockOut]
    is_overdue: bool
    is_escalated: bool
    reason: str
    prepared_name: str
    created_at: Instant
    submitted_at: Instant | None
    decided_at: Instant | None
    decided_name: str | None
    person_id: UUID | None
    membership_id: UUID | None
    details: dict[str, Coded | str | bool]
    warnings: list[NoticeOut] = []
    consents: list[GivenOut] = []
    history: list[StepOut] = []

    @classmethod
    def of(cls, actor: Actor, view: ApplicationView) -> "ApplicationOut":
        row, staff = view.row, actor.kind is not Kind.WORKER
        state = State(row.state)
        return cls(
            id=row.id,
            number=row.number,
            state=state,
            state_label=LABELS[state],
            version=row.version,
            actions=actions_for(actor, state, Hands(row.prepared_by, row.applicant_id)),
            union=UnionRef(id=str(row.union_id), name=row.union_name, phone=row.union_phone),
            channel=Coded.sure("channels", row.channel),
            batch_id=row.batch_id,
            person=PersonOut.of(row),
            group=Coded.of("groups", row.group_code),
            platforms=row.platforms,
            employer_name=row.employer_name,
            work_division=place_of(row.work_division),
            relation=Coded.of("relations", row.relation),
            path=_path(row, view.path_reason),
            clocks=[ClockOut(**row.review_clock)] if row.review_clock else [],
            is_overdue=view.is_overdue,
            is_escalated=row.escalated_to is not None,
            reason=row.reason,
            prepared_name=row.prepared_name if staff else "",
            created_at=row.created_at,
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            decided_name=row.decided_name if staff else row.decided_name and row.union_name,
            person_id=row.person_id,
            membership_id=row.membership_id,
            details=_details(row.details),
            warnings=_warnings(view.warnings) if staff else [],
            consents=[_consent(one) for one in view.consents],
            history=[_step(one, staff, row.union_name) for one in view.history],
        )


def _path(row: Row[Any], reason: str) -> JoinOut | None:
    if not row.join_path:
        return None
    path = Coded.of("join_paths", row.join_path)
    return JoinOut(path=path, rule=row.join_rule or "", reason=reason)


def _details(details: dict[str, Any]) -> dict[str, Coded | str | bool]:
    lists = {
        "ethnicity": "ethnicities",
        "education": "educations",
        "politics": "politics",
        "employment": "employments",
        "skill_level": "skill_levels",
        "household_kind": "household_kinds",
    }
    return {
        name: Coded.sure(lists[name], value) if name in lists else value
        for name, value in details.items()
    }


def _warnings(found: Sequence[Notice]) -> list[NoticeOut]:
    return [NoticeOut(code=one.code, message=one.message, rule=one.rule) for one in found]


def _consent(row: Row[Any]) -> GivenOut:
    return GivenOut(
        id=row.id,
        purpose=row.purpose,
        title=row.title,
        version=row.version,
        given_at=row.given_at,
        channel=row.channel,
        withdrawn_at=row.withdrawn_at,
    )


def _step(row: Row[Any], staff: bool, union_name: str) -> StepOut:
    """A worker reads which union acted, not which of its people."""
    role = ROLE_LABELS[Role(row.actor_role)] if row.actor_role else ""
    own = row.actor_role == Role.WORKER
    return StepOut(
        at=row.at,
        action=row.action,
        label=LABELS.get(Action(row.action), row.action),
        before=row.before,
        after=row.after,
        actor_name="本人" if own else row.actor_name if staff else union_name,
        actor_role_label=role if staff else "",
        reason=row.reason,
        rule=row.rule,
    )
