"""The tables of outgoing webhooks: whom to tell, what is on its way, what was sent and answered."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

INSTANT = DateTime(timezone=True)
EMPTY = text("''")
ZERO = text("0")


def webhooks_table(metadata: MetaData) -> Table:
    """Where a client wants to be told, of what, with which secrets (sealed)."""
    return Table(
        "webhooks",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("client", Text, nullable=False, index=True),
        Column("client_name", Text, nullable=False),
        Column("union_id", Uuid, nullable=False),
        Column("union_path", String(collation="C"), nullable=False, index=True),
        Column("url", Text, nullable=False),
        Column("description", Text, nullable=False, server_default=EMPTY),
        Column("topics", ARRAY(Text), nullable=False),
        Column("filter_union", Uuid),
        Column("filter_reach", Text, nullable=False, server_default=text("'below'")),
        Column("state", Text, nullable=False, server_default=text("'active'")),
        Column("disabled_reason", Text, nullable=False, server_default=EMPTY),
        Column("secrets", LargeBinary, nullable=False),
        Column("version", Integer, nullable=False, server_default=text("1")),
        Column("failing_since", INSTANT),
        Column("warned_at", INSTANT),
        Column("disabled_at", INSTANT),
        Column("resting_until", INSTANT),
        Column("created_at", INSTANT, nullable=False),
        Column("updated_at", INSTANT, nullable=False),
        CheckConstraint("state in ('active', 'paused', 'disabled')", name="state"),
        CheckConstraint("filter_reach in ('below', 'only')", name="filter_reach"),
    )


def webhook_deliveries_table(metadata: MetaData) -> Table:
    """One row for each fact and hook; sending it again uses the same row and the same id."""
    return Table(
        "webhook_deliveries",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column(
            "hook",
            Uuid,
            ForeignKey(f"{metadata.schema}.webhooks.id", ondelete="cascade"),
            nullable=False,
        ),
        Column(
            "event_seq", BigInteger, ForeignKey(f"{metadata.schema}.outbox.seq"), nullable=False
        ),
        Column("topic", Text, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("state", Text, nullable=False, server_default=text("'waiting'")),
        Column("attempts", Integer, nullable=False, server_default=ZERO),
        Column("due_at", INSTANT, nullable=False),
        Column("leased_until", INSTANT),
        Column("created_at", INSTANT, nullable=False),
        Column("finished_at", INSTANT),
        Column("last_status", Integer),
        Column("last_error", Text, nullable=False, server_default=EMPTY),
        CheckConstraint("state in ('waiting', 'delivered', 'dead', 'withheld')", name="state"),
        Index("uq_webhook_deliveries_hook", "hook", "event_seq", unique=True),
        Index("ix_webhook_deliveries_event_seq", "event_seq"),
        Index("ix_webhook_deliveries_log", "hook", "created_at", "id"),
        Index(
            "ix_webhook_deliveries_due",
            "hook",
            "due_at",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_webhook_deliveries_order",
            "hook",
            "subject",
            "event_seq",
            postgresql_where=text("state = 'waiting'"),
        ),
    )


def webhook_attempts_table(metadata: MetaData) -> Table:
    """What was sent and what was answered, kept for a stated time, personal data cut out."""
    return Table(
        "webhook_attempts",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column(
            "delivery",
            Uuid,
            ForeignKey(f"{metadata.schema}.webhook_deliveries.id", ondelete="cascade"),
            nullable=False,
        ),
        Column("number", Integer, nullable=False),
        Column("at", INSTANT, nullable=False, index=True),
        Column("url", Text, nullable=False),
        Column("request_headers", JSONB, nullable=False),
        Column("request_body", Text, nullable=False),
        Column("status", Integer),
        Column("answer", Text, nullable=False, server_default=EMPTY),
        Column("error", Text, nullable=False, server_default=EMPTY),
        Column("duration_ms", Integer, nullable=False),
        Index("ix_webhook_attempts_delivery", "delivery", "at"),
    )
