"""Rows of the ``identity`` schema."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.identity.domain.account import State
from services.identity.domain.roles import GRANTABLE
from services.identity.store.client_tables import ApiClient, ClientDirectory, ClientKey, UsedOnce
from services.identity.store.mini_program_tables import MiniProgramLink
from services.identity.store.provider_tables import ProviderAttempt, ProviderLink
from services.identity.store.schema import CHASSIS, PATH, SCHEMA, Base, among
from services.identity.store.signing_key_tables import UserTokenKey

__all__ = [
    "CHASSIS",
    "PATH",
    "SCHEMA",
    "ApiClient",
    "Base",
    "ClientDirectory",
    "ClientKey",
    "MiniProgramLink",
    "ProviderAttempt",
    "ProviderLink",
    "UsedOnce",
    "UserTokenKey",
]


class Union(Entity, Base):
    """What membership tells about a union: enough to grant a role there."""

    __tablename__ = "unions"
    __table_args__ = (Index("ix_unions_path", "path"),)

    path: Mapped[str] = mapped_column(PATH)
    name: Mapped[str]
    changed_at: Mapped[datetime]


class StaffAccount(Entity, Base):
    """Somebody who works for a union; ``union_id`` is where the account is kept."""

    __tablename__ = "staff_accounts"
    __table_args__ = (
        CheckConstraint(among("state", State), name="state"),
        Index("uq_staff_accounts_account", "account", unique=True),
        Index("ix_staff_accounts_union_id", "union_id", "created_at", "id"),
    )

    account: Mapped[str]
    name: Mapped[str]
    phone_sealed: Mapped[bytes]
    union_id: Mapped[UUID] = mapped_column(ForeignKey("identity.unions.id"))
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    activation_hash: Mapped[bytes | None]
    activation_expires_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    last_union_id: Mapped[UUID | None]


class Attempt(Base):
    """Failed log-ins under one account name, whether or not there is such an account."""

    __tablename__ = "attempts"

    name_key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime | None]
    locks: Mapped[int]
    locked_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)


class Grant(Entity, Base):
    """A role at a union, good through its last day."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(among("role", sorted(GRANTABLE)), name="role"),
        Index(
            "uq_grants_current",
            "account_id",
            "union_id",
            "role",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
        Index("ix_grants_union_id", "union_id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_accounts.id"))
    union_id: Mapped[UUID] = mapped_column(ForeignKey("identity.unions.id"))
    role: Mapped[str]
    expires_on: Mapped[date | None]
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]


class Worker(Entity, Base):
    """A worker, known by a verified phone and nothing else."""

    __tablename__ = "workers"
    __table_args__ = (Index("uq_workers_phone_key", "phone_key", unique=True),)

    phone_key: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    created_at: Mapped[datetime]


class PhoneCode(Entity, Base):
    """A code that was sent to a phone; it is forgotten a day later."""

    __tablename__ = "phone_codes"
    __table_args__ = (
        Index("ix_phone_codes_phone_key", "phone_key", "sent_at"),
        Index("ix_phone_codes_address_key", "address_key", "sent_at"),
    )

    phone_key: Mapped[bytes]
    address_key: Mapped[bytes]
    code_hash: Mapped[bytes]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    # A code that never left does not count against the person.
    failed_at: Mapped[datetime | None]


class Session(Entity, Base):
    """A log-in; its secret is known to the browser or phone alone."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("kind in ('worker', 'staff')", name="kind"),
        Index("uq_sessions_secret_hash", "secret_hash", unique=True),
        Index("ix_sessions_person_id", "person_id", postgresql_where=text("ended_at is null")),
    )

    kind: Mapped[str]
    person_id: Mapped[UUID]
    secret_hash: Mapped[bytes]
    auth: Mapped[str]
    acting_union_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(default="")


class RefreshToken(Base):
    """A refresh token is good once; using it again ends its session."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session_id", "session_id"),)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("identity.sessions.id", ondelete="cascade"))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Revocation(Base):
    """A session that ended before its time, in the order in which endings were committed."""

    __tablename__ = "revocations"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
