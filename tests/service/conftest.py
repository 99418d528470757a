"""What tests of the chassis ask for: a schema's store, and another part to talk to."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.data.tx import Store
from services.chassis.edge.peers import open_session
from tests.chassis_rig import Place, store_of
from tests.clusters import TestDatabase
from tests.standin import StandIn, standing_in


@pytest.fixture
async def place(database: TestDatabase) -> AsyncIterator[Place]:
    """Membership's schema, seen by the three who may log in to it."""
    urls = (database.admin_url, database.migration_url("membership"), database.url("membership"))
    admin, owner, app = (
        create_async_engine(make_url(url).set(drivername="postgresql+asyncpg")) for url in urls
    )
    yield Place(database.url("membership"), admin, owner, app)
    for engine in (admin, owner, app):
        await engine.dispose()


@pytest.fixture
def store(place: Place) -> Store:
    return store_of(place.app)


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with standing_in() as part:
        yield part


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as made:
        yield made
