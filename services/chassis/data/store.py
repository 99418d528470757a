"""Opens a service's store: connections with an end to every wait, and the keys that seal."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from services.chassis.data.direct import open_direct
from services.chassis.data.keys import load_sealer
from services.chassis.data.tables import ChassisTables
from services.chassis.data.tx import Store
from services.chassis.edge.settings import ServiceSettings
from services.chassis.kernel.clock import utc_now

__all__ = ["Store", "Tells", "open_store"]

Tells = Mapping[str, tuple[str, ...]]

# Seconds; every wait on the database ends (OVR-02).
CONNECT_TIMEOUT = 5
POOL_TIMEOUT = 5
SERVER_SETTINGS = {
    "statement_timeout": "30000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "60000",
    "timezone": "UTC",
}


async def open_store(
    settings: ServiceSettings,
    schema: str,
    tables: ChassisTables,
    tells: Tells,
    clock: Callable[[], datetime] = utc_now,
) -> Store:
    """Connect, and unwrap the keys that seal columns; raises when either cannot be had."""
    engine = _engine(settings)
    reads = _engine(settings, isolation_level="AUTOCOMMIT")
    sealer = await load_sealer(engine, tables.data_keys, settings.keys)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    direct = await open_direct(
        settings.database_url,
        settings.pool_size,
        patience=CONNECT_TIMEOUT,
        server_settings=SERVER_SETTINGS,
    )
    return Store(schema, engine, reads, sessions, tables, clock, tells, sealer, direct)


def _engine(settings: ServiceSettings, **options: str) -> AsyncEngine:
    return create_async_engine(
        settings.database_url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        connect_args={"timeout": CONNECT_TIMEOUT, "server_settings": SERVER_SETTINGS},
        **options,
    )
