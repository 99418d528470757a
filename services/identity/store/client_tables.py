"""Rows about API clients: who they are, their keys, and what they may use once only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.identity.domain.client import ClientKind, State
from services.identity.store.schema import Base, among


class ApiClient(Entity, Base):
    """Another system that calls; it acts at ``union_id`` and reaches everything below.

    ``token_family`` stands in every token of the client, and is replaced to end them all.
    """

    __tablename__ = "api_clients"
    __table_args__ = (
        CheckConstraint(among("state", State), name="state"),
        CheckConstraint(among("kind", ClientKind), name="kind"),
        Index("ix_api_clients_union_id", "union_id", "created_at", "id"),
    )

    name: Mapped[str]
    kind: Mapped[str]
    union_id: Mapped[UUID] = mapped_column(ForeignKey("identity.unions.id"))
    contact_sealed: Mapped[bytes]
    scopes: Mapped[list[str]]
    allow_list: Mapped[list[str]]
    per_minute: Mapped[int]
    concurrent: Mapped[int]
    requires_signature: Mapped[bool]
    token_family: Mapped[UUID]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]


class ClientKey(Entity, Base):
    """A public key, or a sealed secret, with the span of time in which it is good."""

    __tablename__ = "client_keys"
    __table_args__ = (
        CheckConstraint("(jwk is null) <> (secret_sealed is null)", name="one_of_both"),
        Index("uq_client_keys_kid", "kid", unique=True),
        Index("ix_client_keys_client_id", "client_id", "added_at", "id"),
    )

    client_id: Mapped[UUID] = mapped_column(ForeignKey("identity.api_clients.id"))
    kid: Mapped[str]
    algorithm: Mapped[str]
    jwk: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    secret_sealed: Mapped[bytes | None]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    added_by: Mapped[UUID]


class UsedOnce(Base):
    """Something that a client may show once: the id of an assertion, a nonce, a message id."""

    __tablename__ = "used_once"
    __table_args__ = (Index("ix_used_once_expires_at", "expires_at"),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class ClientDirectory(Base):
    """One row: how often anything changed that a gateway has to know about clients."""

    __tablename__ = "client_directory"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)
