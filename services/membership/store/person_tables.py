"""People, their memberships and the national change codes, their cards."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.membership.store.schema import HAS_BATCH, PATH, Base, Followed, Versioned, bigrams


class Person(Entity, Versioned, Base):
    """One human being, once (J-1).

    ``facts`` is sealed JSON {document, phone, birth, address} under ``people:<id>:facts``.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_name", bigrams("name"), postgresql_using="gin"),
        Index("ix_people_initials", "initials"),
        Index("ix_people_phone_key", "phone_key"),
        Index("ix_people_phone_tail", "phone_tail"),
        Index(
            "uq_people_member_number",
            "member_number",
            unique=True,
            postgresql_where=text("member_number is not null"),
        ),
        Index(
            "uq_people_account_id",
            "account_id",
            unique=True,
            postgresql_where=text("account_id is not null"),
        ),
    )

    name: Mapped[str]
    pinyin: Mapped[str]
    initials: Mapped[str] = mapped_column(PATH)  # compared by bytes, for prefixes
    document_kind: Mapped[str]
    document_masked: Mapped[str]
    phone_masked: Mapped[str]
    phone_key: Mapped[bytes | None]
    phone_tail: Mapped[bytes | None]
    facts: Mapped[bytes]
    sex: Mapped[str]
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    birth_month: Mapped[int | None] = mapped_column(SmallInteger)
    member_number: Mapped[str | None]  # lifelong: it survives leaving and coming back
    account_id: Mapped[UUID | None]  # the worker's log-in, once a verified phone proved it
    ethnicity: Mapped[str | None]
    education: Mapped[str | None]
    politics: Mapped[str | None]
    employment: Mapped[str | None]
    skill_level: Mapped[str | None]
    household_kind: Mapped[str | None]
    household_division: Mapped[str | None]
    native_place: Mapped[str | None]
    employer_name: Mapped[str | None]
    is_migrant: Mapped[bool | None]


class PersonKey(Base):
    """Which person a document belongs to, by blind index over ``kind:number``."""

    __tablename__ = "person_keys"

    blind: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("membership.people.id"), index=True)


class Membership(Entity, Versioned, Followed, Base):
    """One membership at one union; a person has at most one that is open (M-21)."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index("ix_memberships_changed", "changed_xid", "id"),
        CheckConstraint(
            "state in ('active', 'retained', 'transferring', 'withdrawn', 'expelled', 'deceased')",
            name="state",
        ),
        Index(
            "uq_memberships_open",
            "person_id",
            unique=True,
            postgresql_where=text("state in ('active', 'retained', 'transferring')"),
        ),
        Index("ix_memberships_union_path", "union_path", "id"),
        Index("ix_memberships_person_id", "person_id"),
        Index("ix_memberships_batch_id", "batch_id", postgresql_where=HAS_BATCH),
        Index(
            "ix_memberships_joined_on",
            "joined_on",
            "union_path",
            postgresql_where=text("state = 'active'"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("membership.people.id"))
    union_id: Mapped[UUID] = mapped_column(ForeignKey("membership.unions.id"), index=True)
    union_path: Mapped[str] = mapped_column(PATH)
    state: Mapped[str] = mapped_column(default="active")
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    group_code: Mapped[str | None]
    join_path: Mapped[str | None]
    channel: Mapped[str]
    platforms: Mapped[list[str]]
    application_id: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]


class MemberCount(Base):
    """So many members more (or fewer) of one kind at one union, written by triggers.

    What a union has is the sum of its rows and of those below it.
    """

    __tablename__ = "member_counts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    union_path: Mapped[str] = mapped_column(PATH, index=True)
    state: Mapped[str]
    group_code: Mapped[str | None]
    sex: Mapped[str]
    members: Mapped[int] = mapped_column(BigInteger)


class MembershipChange(Entity, Base):
    """One line of a membership's history, in the national codes of rulebook B.3."""

    __tablename__ = "membership_changes"
    __table_args__ = (
        CheckConstraint("change in ('1', '2', '3', '4', '5', '6')", name="change"),
        CheckConstraint("cause is null or cause in ('1','2','3','4','5','6')", name="cause"),
        Index("ix_membership_changes_person_id", "person_id", "recorded_at"),
        Index("ix_membership_changes_union_path", "union_path", "recorded_at"),
    )

    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.memberships.id", ondelete="cascade"), index=True
    )
    person_id: Mapped[UUID]
    union_id: Mapped[UUID]
    union_path: Mapped[str] = mapped_column(PATH)
    change: Mapped[str]
    cause: Mapped[str | None]
    changed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    before: Mapped[str] = mapped_column(default="")
    after: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")


class Card(Entity, Base):
    """The electronic card of one membership; its tokens are signed and live for minutes."""

    __tablename__ = "cards"
    __table_args__ = (
        Index(
            "uq_cards_membership_id",
            "membership_id",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )

    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.memberships.id", ondelete="cascade")
    )
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
