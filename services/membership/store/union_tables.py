"""Union organisations, their posters, their number series and their parameters."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.membership.store.schema import PATH, Base, Followed, Made, Versioned, bigrams


class Union(Entity, Versioned, Followed, Base):
    """One union organisation with the fields of rulebook B.5; ``path`` ends with its own id."""

    __tablename__ = "unions"
    __table_args__ = (
        Index("ix_unions_changed", "changed_xid", "id"),
        CheckConstraint("level between 0 and 4", name="level"),
        CheckConstraint("state in ('active', 'dissolved')", name="state"),
        CheckConstraint("right(path, 1) = '/'", name="path"),
        Index("uq_unions_path", "path", unique=True),
        Index("uq_unions_code", "code", unique=True),
        Index("ix_unions_parent_id_name", "parent_id", "name"),
        Index("ix_unions_division", "division"),
        Index("ix_unions_initials", "initials"),
        Index("ix_unions_words", bigrams("words"), postgresql_using="gin"),
        Index(
            "uq_unions_union_uscc",
            "union_uscc",
            unique=True,
            postgresql_where=text("union_uscc is not null and state = 'active'"),
        ),
        Index("ix_unions_employer_uscc", "employer_uscc"),
    )

    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.unions.id"))
    path: Mapped[str] = mapped_column(PATH)
    level: Mapped[int]
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    pinyin: Mapped[str]
    initials: Mapped[str] = mapped_column(PATH)  # compared by bytes, for prefixes
    words: Mapped[str]  # name, employer and address in one, for the bigram index
    catches_all: Mapped[bool] = mapped_column(default=False)  # 小三级 (M-31)
    trade: Mapped[str | None]  # group code that an industry federation gathers
    employer_name: Mapped[str | None]
    employer_uscc: Mapped[str | None]
    union_uscc: Mapped[str | None]
    address: Mapped[str | None]
    division: Mapped[str] = mapped_column(PATH)
    employer_nature: Mapped[str | None]
    economic_type: Mapped[str | None]
    industry: Mapped[str | None]
    founded_on: Mapped[date | None]
    term_ends_on: Mapped[date | None]
    chair_name: Mapped[str | None]
    phone: Mapped[str | None]
    staff_count: Mapped[int | None]
    member_count: Mapped[int | None]
    women_count: Mapped[int | None]
    migrant_count: Mapped[int | None]
    party_organisation: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="active")


class Poster(Base):
    """A short code on a poster that leads to one union, perhaps for one station or company."""

    __tablename__ = "union_posters"

    code: Mapped[str] = mapped_column(primary_key=True)
    union_id: Mapped[UUID] = mapped_column(ForeignKey("membership.unions.id"), index=True)
    label: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class NumberSeries(Base):
    """The last serial given out by one union for one kind of number in one period."""

    __tablename__ = "number_series"

    union_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Parameter(Entity, Made, Base):
    """An effective-dated setting of a union and everything below it (J-7); '' is everywhere."""

    __tablename__ = "parameters"
    __table_args__ = (
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="validity"),
        Index("uq_parameters_key", "key", "union_path", "valid_from", unique=True),
    )

    key: Mapped[str]
    union_path: Mapped[str] = mapped_column(PATH, default="")
    value: Mapped[object] = mapped_column(JSONB)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
