"""Enrolment applications, the steps they took, consents, and register checks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.membership.store.schema import PATH, Base, Followed, Versioned, bigrams


class Application(Entity, Versioned, Followed, Base):
    """A request to become a member.

    ``facts`` is sealed JSON {document, phone, birth, address} under ``applications:<id>:facts``;
    ``document_key`` is the same blind index as ``person_keys.blind``.
    """

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_changed", "changed_xid", "id"),
        CheckConstraint(
            "state in ('draft', 'submitted', 'returned', 'admitted', 'refused', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("channel in ('online', 'scan', 'counter', 'batch')", name="channel"),
        Index("uq_applications_number", "number", unique=True),
        Index(
            "uq_applications_open",
            "document_key",
            unique=True,
            postgresql_where=text("state in ('submitted', 'returned')"),
        ),
        Index(
            "ix_applications_queue",
            "union_path",
            "review_due_at",
            "id",
            postgresql_where=text("state = 'submitted'"),
        ),
        Index("ix_applications_union_path", "union_path", "id"),
        Index("ix_applications_name", bigrams("name"), postgresql_using="gin"),
        Index(
            "ix_applications_applicant_id",
            "applicant_id",
            postgresql_where=text("applicant_id is not null"),
        ),
        Index(
            "ix_applications_initials",
            "initials",
            postgresql_ops={"initials": "text_pattern_ops"},
        ),
        Index("ix_applications_phone_key", "phone_key"),
        Index("ix_applications_phone_tail", "phone_tail"),
        Index("ix_applications_document_key", "document_key"),
        Index(
            "ix_applications_batch_id", "batch_id", postgresql_where=text("batch_id is not null")
        ),
    )

    number: Mapped[str]
    union_id: Mapped[UUID] = mapped_column(ForeignKey("membership.unions.id"), index=True)
    union_path: Mapped[str] = mapped_column(PATH)
    state: Mapped[str]
    channel: Mapped[str]
    poster: Mapped[str | None]
    batch_id: Mapped[UUID | None]

    name: Mapped[str]
    pinyin: Mapped[str]
    initials: Mapped[str]
    document_kind: Mapped[str]
    document_masked: Mapped[str]
    document_key: Mapped[bytes]
    phone_masked: Mapped[str]
    phone_key: Mapped[bytes | None]
    phone_tail: Mapped[bytes | None]
    facts: Mapped[bytes]
    sex: Mapped[str]
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    birth_month: Mapped[int | None] = mapped_column(SmallInteger)
    details: Mapped[dict[str, object]] = mapped_column(JSONB)  # coded B.6 fields, nothing personal

    group_code: Mapped[str | None]
    platforms: Mapped[list[str]]
    employer_name: Mapped[str | None]
    work_division: Mapped[str | None]
    relation: Mapped[str | None]  # the answers that the path was decided on (M-10)
    join_path: Mapped[str | None]
    join_rule: Mapped[str | None]

    applicant_id: Mapped[UUID | None]  # the worker's log-in, where they applied themselves
    prepared_by: Mapped[UUID]
    prepared_name: Mapped[str]
    submitted_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime | None]
    review_clock: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    escalated_to: Mapped[str | None] = mapped_column(PATH)  # path of the union asked to step in
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_name: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")  # of the last return, refusal or withdrawal
    conflict_union_id: Mapped[UUID | None]  # where the document is already registered (M-21)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    membership_id: Mapped[UUID | None]


class ApplicationStep(Entity, Base):
    """One move of an application's lifecycle: who, when, from, to, why, by which rule (J-5)."""

    __tablename__ = "application_steps"
    __table_args__ = (
        Index("ix_application_steps_application_id", "application_id", "at", "id"),
        Index("ix_application_steps_union_path", "union_path", "at"),
    )

    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.applications.id", ondelete="cascade")
    )
    union_path: Mapped[str] = mapped_column(PATH)
    at: Mapped[datetime]
    action: Mapped[str]
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    actor_role: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")


class ConsentText(Entity, Base):
    """One version of the words that somebody agrees to (S-16); never changed once published."""

    __tablename__ = "consent_texts"
    __table_args__ = (Index("uq_consent_texts_purpose", "purpose", "version", unique=True),)

    purpose: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    items: Mapped[list[str]]
    recipients: Mapped[list[str]]  # S-04: other processors that would receive the data
    is_required: Mapped[bool]
    is_sensitive: Mapped[bool]  # S-02: needs its own tick, never bundled
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class Consent(Entity, Base):
    """That somebody agreed, to which version, when, how, and perhaps until when (S-02, S-03)."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("person_id is not null or application_id is not null", name="subject"),
        CheckConstraint(
            "channel in ('online', 'counter', 'batch', 'paper')",
            name="channel",
        ),
        Index("ix_consents_person_id", "person_id"),
        Index("ix_consents_application_id", "application_id"),
    )

    text_id: Mapped[UUID] = mapped_column(ForeignKey("membership.consent_texts.id"), index=True)
    purpose: Mapped[str]
    version: Mapped[str]
    person_id: Mapped[UUID | None]
    application_id: Mapped[UUID | None]
    given_at: Mapped[datetime]
    channel: Mapped[str]
    evidence: Mapped[str]  # what shows it: a session, a scan's attachment id, a list's number
    guardian: Mapped[bytes | None]  # sealed {name, relation}, where the subject is under 14
    recorded_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_channel: Mapped[str | None]
    withdrawn_by: Mapped[UUID | None]


class RegisterCheck(Entity, Base):
    """Somebody asked whether one exact document is registered anywhere (M-21)."""

    __tablename__ = "register_checks"
    __table_args__ = (Index("ix_register_checks_actor_id", "actor_id", "at"),)

    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    was_found: Mapped[bool]
