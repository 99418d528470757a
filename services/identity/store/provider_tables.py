"""Rows about log-ins through an identity provider."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.identity.store.schema import Base


class ProviderLink(Base):
    """Which subject of the provider is which account (``id``); found by the blind index only."""

    __tablename__ = "provider_links"
    __table_args__ = (
        CheckConstraint("made_by in ('self', 'administrator')", name="made_by"),
        Index("uq_provider_links_subject_key", "subject_key", unique=True),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_accounts.id"), primary_key=True)
    subject_key: Mapped[bytes]
    subject_sealed: Mapped[bytes]
    linked_at: Mapped[datetime]
    made_by: Mapped[str]


class ProviderAttempt(Entity, Base):
    """Somebody on the way to the provider and back; good once, for minutes, in one browser.

    ``linking_id`` is the account that is to be linked, when it is not a log-in; ``found_id`` the
    account that logs in, once the provider has answered.
    """

    __tablename__ = "provider_attempts"
    __table_args__ = (Index("uq_provider_attempts_secret_hash", "secret_hash", unique=True),)

    secret_hash: Mapped[bytes]
    state_hash: Mapped[bytes]
    nonce: Mapped[str]
    verifier_sealed: Mapped[bytes]
    linking_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    found_id: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]
