"""The keys of a schema are made once, wrapped, and re-wrapped without touching what they seal."""

import asyncio

import orjson
import pytest
from sqlalchemy import select, update

from services.chassis.data.keys import KeysUnusable, load_sealer, new_key_file, read_key_file
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
        *(load_sealer(place.app, keys_table, key_file) for _ in range(5))
    )

    sealed = sealers[0].seal(b"320102199001011234", WHERE)

    assert [s.open(sealed, WHERE) for s in sealers] == [b"320102199001011234"] * 5
    assert len({s.blind("document", "x") for s in sealers}) == 1
    async with place.admin.connect() as connection:
        rows = (await connection.execute(select(keys_table.c.purpose))).scalars().all()
    assert sorted(rows) == ["blind", "seal"]


async def test_load_sealer_with_another_key_file_is_refused(place, keys_table, key_file, tmp_path):
    await load_sealer(place.app, keys_table, key_file)
    other = tmp_path / "other.json"
    other.write_bytes(new_key_file())

    with pytest.raises(KeysUnusable, match="kek-1 does not open data key 1"):
        await load_sealer(place.app, keys_table, other)


async def test_load_sealer_without_the_wrapping_key_is_refused(
    place, keys_table, key_file, tmp_path
):
    await load_sealer(place.app, keys_table, key_file)
    other = tmp_path / "other.json"
    other.write_bytes(new_key_file("kek-2"))

    with pytest.raises(KeysUnusable, match="wrapped by kek-1, which is missing"):
        await load_sealer(place.app, keys_table, other)


async def test_load_sealer_rewraps_for_a_new_wrapping_key(place, keys_table, key_file):
    before = await load_sealer(place.app, keys_table, key_file)
    sealed = before.seal(b"1", WHERE)
    first, second = (orjson.loads(content) for content in (key_file.read_bytes(), new_key_file()))
    both = {"kek-1": first["keys"]["kek-1"], "kek-2": second["keys"]["kek-1"]}
    key_file.write_bytes(orjson.dumps({"active": "kek-2", "keys": both}))

    await load_sealer(place.app, keys_table, key_file)

    key_file.write_bytes(orjson.dumps({"active": "kek-2", "keys": {"kek-2": both["kek-2"]}}))
    after = await load_sealer(place.app, keys_table, key_file)
    assert after.open(sealed, WHERE) == b"1"
    assert after.blind("document", "x") == before.blind("document", "x")


async def test_load_sealer_notices_swapped_keys(place, keys_table, key_file):
    await load_sealer(place.app, keys_table, key_file)
    async with place.admin.begin() as connection:
        wrapped = (await connection.execute(select(keys_table.c.wrapped))).scalars().all()
        for number, value in zip((1, 2), reversed(wrapped), strict=True):
            change = update(keys_table).where(keys_table.c.id == number)
            await connection.execute(change.values(wrapped=value))

    with pytest.raises(KeysUnusable):
        await load_sealer(place.app, keys_table, key_file)


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
