"""A store over membership's schema, for tests that need no service around it."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from services.chassis.data.sealed import DataKey, Sealer
from services.chassis.data.tables import chassis_tables, metadata
from services.chassis.data.tx import Store
from services.chassis.kernel.clock import utc_now

SCHEMA = "membership"
TABLES = chassis_tables(metadata(SCHEMA))
KEYS = [
    DataKey(1, "seal", "aes-256-gcm", b"s" * 32, active=True),
    DataKey(2, "blind", "hmac-sha256", b"b" * 32, active=True),
]


@dataclass(frozen=True, slots=True)
class Place:
    """``app`` may what a running service may, ``owner`` migrates, ``admin`` may everything."""

    app_url: str
    admin: AsyncEngine
    owner: AsyncEngine
    app: AsyncEngine


def store_of(engine: AsyncEngine) -> Store:
    """A store as a running service has it, with made-up keys."""
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    reads = engine.execution_options(isolation_level="AUTOCOMMIT")
    return Store(SCHEMA, engine, reads, sessions, TABLES, utc_now, {}, Sealer(KEYS))
