"""The keys of a schema are made once, wrapped, and re-wrapped without touching what they seal."""

import asyncio

import orjson
import pytest
from sqlalchemy import select, update

from services.chassis.data.keys import load_sealer
from services.chassis.edge.key_files import FileKeys, new_key_file, read_key_file
from services.chassis.kernel.wrapping import KeysUnusable
from tests.chassis_rig import TABLES

WHERE = "people:1:number"


@pytest.fixture
def keys_table():
    return TABLES.data_keys


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "keys.json"
    path.write_bytes(new_key_file())
    return path


async def test_load_sealer_makes_one_pair_of_keys_however_many_start(place, keys_table, key_file):
    sealers = await asyncio.gather(
        *(load_sealer(place.app, keys_table, FileKeys(key_file)) for _ in range(5))
    )

    sealed = sealers[0].seal(b"320102199001011234", WHERE)

    assert [s.open(sealed, WHERE) for s in sealers] == [b"320102199001011234"] * 5
    assert len({s.blind("document", "x") for s in sealers}) == 1
    async with place.admin.connect() as connection:
        rows = (await connection.execute(select(keys_table.c.purpose))).scalars().all()
    assert sorted(rows) == ["blind", "seal"]


async def test_load_sealer_with_another_key_file_is_refused(place, keys_table, key_file, tmp_path):
    await load_sealer(place.app, keys_table, FileKeys(key_file))
    other = tmp_path / "other.json"
    other.write_bytes(new_key_file())

    with pytest.raises(KeysUnusable, match="data key 1: the wrapping key kek-1 does not fit"):
        await load_sealer(place.app, keys_table, FileKeys(other))


async def test_load_sealer_without_the_wrapping_key_is_refused(
    place, keys_table, key_file, tmp_path
):
    await load_sealer(place.app, keys_table, FileKeys(key_file))
    other = tmp_path / "other.json"
    other.write_bytes(new_key_file("kek-2"))

    with pytest.raises(KeysUnusable, match="data key 1: the wrapping key kek-1 is missing"):
        await load_sealer(place.app, keys_table, FileKeys(other))


async def test_load_sealer_notices_swapped_keys(place, keys_table, key_file):
    await load_sealer(place.app, keys_table, FileKeys(key_file))
    async with place.admin.begin() as connection:
        wrapped = (await connection.execute(select(keys_table.c.wrapped))).scalars().all()
        for number, value in zip((1, 2), reversed(wrapped), strict=True):
            change = update(keys_table).where(keys_table.c.id == number)
            await connection.execute(change.values(wrapped=value))

    with pytest.raises(KeysUnusable):
        await load_sealer(place.app, keys_table, FileKeys(key_file))


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"active": "a"}', b'{"active": "a", "keys": {"a": "eA=="}}', b'{"keys": 1}'],
)
def test_read_key_file_refuses_what_is_none(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_bytes(content)

    with pytest.raises(KeysUnusable):
        read_key_file(path)


def test_key_file_shows_no_key(key_file):
    secret = orjson.loads(key_file.read_bytes())["keys"]["kek-1"]

    file = read_key_file(key_file)

    assert secret not in repr(file)
    assert repr(file) == "KeyFile(active='kek-1', keys=['kek-1'])"
