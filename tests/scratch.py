"""A schema of one's own for a test of the chassis, with the two roles that production has."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import MetaData, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from services.chassis.data.sealed import DataKey, Sealer
from services.chassis.data.store import Store, Tells
from services.chassis.data.tables import ChassisTables
from services.chassis.kernel.clock import utc_now

APP = "set_by_scratch"


@dataclass(frozen=True, slots=True)
class Scratch:
    """``owner`` may do everything, ``app`` what a running service may."""

    url: str
    app_url: str
    schema: str
    owner: AsyncEngine
    app: AsyncEngine


def store_on(place: Scratch, tables: ChassisTables, tells: Tells | None = None) -> Store:
    """A store as a running service opens it, with made-up keys."""
    return store_of(place.app, place.schema, tables, tells)


def store_of(
    engine: AsyncEngine, schema: str, tables: ChassisTables, tells: Tells | None = None
) -> Store:
    keys = [
        DataKey(1, "seal", "aes-256-gcm", b"s" * 32, active=True),
        DataKey(2, "blind", "hmac-sha256", b"b" * 32, active=True),
    ]
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    reads = engine.execution_options(isolation_level="AUTOCOMMIT")
    return Store(schema, engine, reads, sessions, tables, utc_now, tells or {}, Sealer(keys))


@asynccontextmanager
async def scratch(
    cluster_url: str, metadata: MetaData, extra: Iterable[str] = ()
) -> AsyncIterator[Scratch]:
    """A throw-away database holding ``metadata``; the app's role gets no more than it needs."""
    name = f"scratch_{uuid4().hex[:12]}"
    url = make_url(cluster_url).set(drivername="postgresql+asyncpg")
    admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"create database {name}"))
        await connection.execute(text(f"create role {name} login password '{APP}'"))
    owner = create_async_engine(url.set(database=name))
    app_url = url.set(database=name, username=name, password=APP)
    app = create_async_engine(app_url)
    async with owner.begin() as connection:
        schema = metadata.schema
        await connection.execute(text(f"create schema {schema}"))
        await connection.run_sync(metadata.create_all)
        for statement in (
            f"grant usage on schema {schema} to {name}",
            f"grant select, insert, update, delete on all tables in schema {schema} to {name}",
            f"revoke update, delete on {schema}.audit, {schema}.audit_seals from {name}",
            *extra,
        ):
            await connection.execute(text(statement))
    try:
        yield Scratch(
            url.set(database=name).render_as_string(hide_password=False),
            app_url.render_as_string(hide_password=False),
            schema or "",
            owner,
            app,
        )
    finally:
        await owner.dispose()
        await app.dispose()
        async with admin.connect() as connection:
            await connection.execute(text(f"drop database {name} with (force)"))
            await connection.execute(text(f"drop role {name}"))
        await admin.dispose()
