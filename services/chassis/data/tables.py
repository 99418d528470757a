"""The tables that every service's schema has, whatever else it holds."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.audit_tables import (
    audit_seals_table,
    audit_table,
    data_keys_table,
    jobs_table,
)
from services.chassis.data.hook_tables import (
    webhook_attempts_table,
    webhook_deliveries_table,
    webhooks_table,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
INSTANT = DateTime(timezone=True)


def metadata(schema: str) -> MetaData:
    """The metadata of one service's schema, with the naming of constraints and indexes."""
    return MetaData(schema=schema, naming_convention=NAMING)


class Entity:
    """A row with an identity of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True)


@dataclass(frozen=True, slots=True)
class ChassisTables:
    outbox: Table
    deliveries: Table
    inbox: Table
    deadlines: Table
    idempotency: Table
    jobs: Table
    audit: Table
    audit_seals: Table
    data_keys: Table
    attachments: Table
    webhooks: Table
    webhook_deliveries: Table
    webhook_attempts: Table


def chassis_tables(metadata: MetaData) -> ChassisTables:
    """Declare the chassis's tables in a service's metadata."""
    return ChassisTables(
        outbox=outbox_table(metadata),
        deliveries=deliveries_table(metadata),
        inbox=inbox_table(metadata),
        deadlines=deadlines_table(metadata),
        idempotency=idempotency_table(metadata),
        jobs=jobs_table(metadata),
        audit=audit_table(metadata),
        audit_seals=audit_seals_table(metadata),
        data_keys=data_keys_table(metadata),
        attachments=attachments_table(metadata),
        webhooks=webhooks_table(metadata),
        webhook_deliveries=webhook_deliveries_table(metadata),
        webhook_attempts=webhook_attempts_table(metadata),
    )


def outbox_table(metadata: MetaData) -> Table:
    """Facts to tell; a row is the fact, ``deliveries`` say who has it."""
    return Table(
        "outbox",
        metadata,
        Column("seq", BigInteger, Identity(), primary_key=True),
        Column("id", Uuid, nullable=False, unique=True),
        Column("topic", Text, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("data", JSONB, nullable=False),
        Column("occurred_at", INSTANT, nullable=False),
        Column("traceparent", Text, nullable=False, server_default=text("''")),
        # Whose fact it is, and where it is read: what other systems are told by.
        Column("union_id", Uuid),
        Column("link", Text, nullable=False, server_default=text("''")),
    )


def deliveries_table(metadata: MetaData) -> Table:
    """One row for each fact and hearer; in order per subject and hearer."""
    return Table(
        "deliveries",
        metadata,
        Column(
            "event_seq", BigInteger, ForeignKey(f"{metadata.schema}.outbox.seq"), primary_key=True
        ),
        Column("hearer", Text, primary_key=True),
        Column("subject", Uuid, nullable=False),
        Column("due_at", INSTANT, nullable=False),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("leased_until", INSTANT),
        Column("delivered_at", INSTANT),
        Column("given_up_at", INSTANT),
        Column("last_error", Text, nullable=False, server_default=text("''")),
        Index("ix_deliveries_due", "due_at", postgresql_where=text("delivered_at is null")),
        Index(
            "ix_deliveries_order",
            "subject",
            "hearer",
            "event_seq",
            postgresql_where=text("delivered_at is null"),
        ),
    )


def inbox_table(metadata: MetaData) -> Table:
    """Facts that were heard, so that hearing one twice is harmless."""
    return Table(
        "inbox",
        metadata,
        Column("source", Text, primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("topic", Text, nullable=False),
        Column("received_at", INSTANT, nullable=False),
    )


def deadlines_table(metadata: MetaData) -> Table:
    """When to look at something again; one deadline of a kind for a subject."""
    return Table(
        "deadlines",
        metadata,
        Column("subject", Uuid, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("due_at", INSTANT, nullable=False, index=True),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
    )


def idempotency_table(metadata: MetaData) -> Table:
    """Answers already given, sealed, so that the same request gets the same answer."""
    return Table(
        "idempotency",
        metadata,
        Column("caller", Text, primary_key=True),
        Column("route", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", Integer, nullable=False),
        Column("answer", LargeBinary, nullable=False),
        Column("expires_at", INSTANT, nullable=False, index=True),
    )


def attachments_table(metadata: MetaData) -> Table:
    """Files on disk; the name on disk is generated and says nothing."""
    return Table(
        "attachments",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("sha256", LargeBinary, nullable=False, index=True),
        Column("size", BigInteger, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("original_name", Text, nullable=False),
        Column("path", Text, nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("created_by", Uuid, nullable=False),
    )
