"""Opens a service's store: connections with an end to every wait, and the keys that seal."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from services.chassis.data.direct import open_direct
from services.chassis.data.keyring import KeyPace, Keyring
from services.chassis.data.tables import ChassisTables
from services.chassis.data.tx import Store
from services.chassis.edge.key_files import key_file
from services.chassis.edge.settings import ServiceSettings
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.wrapping import KeyService

__all__ = ["Store", "Tells", "open_store"]

Tells = Mapping[str, tuple[str, ...]]

# Seconds; every wait on the database ends (OVR-02).
CONNECT_TIMEOUT = 5
POOL_TIMEOUT = 5
# Above the server's own limit for a statement: only a server that is gone without a word meets it.
ANSWER_TIMEOUT = 35.0
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
    keys: KeyService | None = None,
) -> Store:
    """The store, with its keys if they can be had; else it opens, is not ready, and looks again."""
    engine = _engine(settings)
    reads = _engine(settings, isolation_level="AUTOCOMMIT")
    algorithms = {"seal": settings.seal_algorithm, "blind": settings.blind_algorithm}
    pace = KeyPace(settings.key_poll)
    keyring = Keyring(engine, tables.data_keys, keys or key_file(settings), algorithms, pace)
    await keyring.look()
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    direct = await open_direct(
        settings.database_url,
        settings.pool_size,
        patience=CONNECT_TIMEOUT,
        answer_within=ANSWER_TIMEOUT,
        server_settings=SERVER_SETTINGS,
    )
    return Store(
        *(schema, engine, reads, sessions, tables, clock, tells, keyring.sealer, direct, keyring),
        keeping=asyncio.create_task(keyring.keep(), name="keyring"),
    )


def _engine(settings: ServiceSettings, **options: str) -> AsyncEngine:
    return create_async_engine(
        settings.database_url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error that is logged names no values
        connect_args={
            "timeout": CONNECT_TIMEOUT,
            "command_timeout": ANSWER_TIMEOUT,
            "server_settings": SERVER_SETTINGS,
        },
        **options,
    )
