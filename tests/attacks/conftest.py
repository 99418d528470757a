"""One world for all attacks of a worker process; its tests run in one event loop."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests import clusters
from tests.attacks.operations import Operation, every
from tests.attacks.world import World, standing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def operations(keys_dir: Path) -> list[Operation]:
    return every(keys_dir)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(
    cluster_url: str,
    template_database: str,
    keys_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with clusters.copy(cluster_url, template_database) as database:
        async with standing(database, keys_dir, folder) as made:
            yield made
