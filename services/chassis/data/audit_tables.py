"""What the audit, the sealing keys and the jobs of a service keep in its schema."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
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
from sqlalchemy.dialects.postgresql import JSONB

INSTANT = DateTime(timezone=True)
EMPTY = text("''")
ZERO = text("0")
NO = text("false")
BY_BYTE = "C"  # a path is compared by bytes, so that a prefix condition can use the index


def audit_table(metadata: MetaData) -> Table:
    """Who did what to whom; rows are only ever added."""
    return Table(
        "audit",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("at", INSTANT, nullable=False),
        Column("action", Text, nullable=False),
        Column("subject_kind", Text, nullable=False),
        Column("subject", Uuid),
        Column("outcome", Text, nullable=False, server_default=text("'done'")),
        Column("actor_kind", Text, nullable=False),
        Column("actor_id", Text, nullable=False, server_default=EMPTY),
        Column("actor_name", Text, nullable=False, server_default=EMPTY),
        Column("actor_roles", ARRAY(Text), nullable=False, server_default=text("'{}'")),
        Column("union_id", Uuid),
        Column("union_path", String(collation=BY_BYTE), nullable=False, server_default=EMPTY),
        Column("before", Text, nullable=False, server_default=EMPTY),
        Column("after", Text, nullable=False, server_default=EMPTY),
        Column("reason", Text, nullable=False, server_default=EMPTY),
        Column("details", JSONB, nullable=False, server_default=text("'{}'")),
        Column("request_id", Text, nullable=False, server_default=EMPTY),
        Column("address", Text, nullable=False, server_default=EMPTY),
        Column("client", Text, nullable=False, server_default=EMPTY),
        Column("auth", Text, nullable=False, server_default=EMPTY),
        # The transaction that wrote the row: the sealer chains a row once no older one can appear.
        Column(
            "xid",
            BigInteger,
            nullable=False,
            server_default=text("pg_current_xact_id()::text::bigint"),
        ),
        CheckConstraint("outcome in ('done', 'refused')", name="outcome"),
        Index(None, "xid", "id"),
        Index(None, "subject", "at"),
        Index(None, "at", "id"),
        Index(None, "actor_id", "at"),
    )


def audit_seals_table(metadata: MetaData) -> Table:
    """One row for each sealed batch of audit rows; each carries the hash of the one before."""
    return Table(
        "audit_seals",
        metadata,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("first_xid", BigInteger, nullable=False),
        Column("last_xid", BigInteger, nullable=False, unique=True),
        Column("rows", BigInteger, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("previous", LargeBinary, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        Column("sealed_at", INSTANT, nullable=False),
        CheckConstraint("first_xid <= last_xid and rows > 0", name="span"),
    )


def data_keys_table(metadata: MetaData) -> Table:
    """The keys that seal columns, themselves wrapped by a key that is not in the database."""
    return Table(
        "data_keys",
        metadata,
        Column("id", Integer, Identity(), primary_key=True),
        Column("purpose", Text, nullable=False),
        Column("algorithm", Text, nullable=False),
        Column("kek_id", Text, nullable=False),
        Column("wrapped", LargeBinary, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("created_at", INSTANT, nullable=False, server_default=text("now()")),
        # Neither active nor retired: coming.  Destroyed: ``wrapped`` is empty for good.
        Column("activated_at", INSTANT),
        Column("retired_at", INSTANT),
        Column("destroyed_at", INSTANT),
        CheckConstraint("purpose in ('seal', 'blind')", name="purpose"),
        # "active" is one key for each purpose, however many processes start at once.
        Index("uq_data_keys_active", "purpose", unique=True, postgresql_where=text("active")),
    )


def jobs_table(metadata: MetaData) -> Table:
    """Long work, written with the business change that asks for it."""
    return Table(
        "jobs",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("args", JSONB, nullable=False, server_default=text("'{}'")),
        Column("actor", JSONB, nullable=False),
        Column("union_path", String(collation=BY_BYTE), nullable=False, server_default=EMPTY),
        Column("state", Text, nullable=False, server_default=text("'queued'")),
        Column("done", BigInteger, nullable=False, server_default=ZERO),
        Column("total", BigInteger),
        Column("message", Text, nullable=False, server_default=EMPTY),
        Column("attempts", Integer, nullable=False, server_default=ZERO),
        Column("max_attempts", Integer, nullable=False, server_default=text("5")),
        Column("due_at", INSTANT, nullable=False),
        Column("leased_until", INSTANT),
        Column("worker", Text, nullable=False, server_default=EMPTY),
        Column("result", JSONB),
        Column("error_code", Text, nullable=False, server_default=EMPTY),
        Column("created_at", INSTANT, nullable=False),
        Column("started_at", INSTANT),
        Column("finished_at", INSTANT),
        Column("cancel_requested", Boolean, nullable=False, server_default=NO),
        CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"
        ),
        Index("ix_jobs_queued", "due_at", postgresql_where=text("state = 'queued'")),
        Index("ix_jobs_running", "leased_until", postgresql_where=text("state = 'running'")),
        Index(None, "subject", "created_at"),
    )
