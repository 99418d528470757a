"""Keys change while people work: nobody is refused, nobody counts twice (PII-03)."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from services.chassis.edge.key_files import new_key_file
from tests.clusters import TestDatabase
from tests.key_rig import POLL, at_work, own_keys, rotate, seal_people, start
from tests.service.identity_rig import PHONE, identity_rig
from tests.service.membership_rig import Rig, running

KEYS = "select id, purpose, algorithm, active, destroyed_at is null from membership.data_keys"
OLD_VALUES = (
    "select count(*) from membership.people where substring(facts, 1, 5) <> "
    "(select '\\x01'::bytea || int4send(id) from membership.data_keys "
    "where active and purpose = 'seal')"
)


@pytest.fixture
async def rig(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    keys = own_keys(keys_dir, tmp_path)
    async with running(database, keys, key_poll=POLL) as made:
        made.rows(
            "insert into membership.parameters"
            " (id, key, union_path, value, valid_from, source, made_by, made_at)"
            " select gen_random_uuid(), 'register_checks_per_hour', '', '100000', '2020-01-01',"
            " '', gen_random_uuid(), now() returning key"
        )
        yield made


async def test_a_new_data_key_seals_all_while_people_work(rig: Rig):
    async with at_work(rig) as office:
        code, said = await rotate(rig, "dek", SEAL_ALGORITHM="sm4-gcm")
        rounds = office.rounds
        await office.one_round()

    assert (code, office.wrong) == (0, []), said
    assert rounds > 3
    assert rig.rows(f"{KEYS} order by id") == [
        (1, "seal", "aes-256-gcm", False, True),
        (2, "blind", "hmac-sha256", True, True),
        (3, "seal", "sm4-gcm", True, True),
    ]
    code, said = await rotate(rig, "status")
    assert code == 0
    assert "密钥 1" not in said
    assert "people.facts  密钥 3：1" in said


@pytest.mark.prove
async def test_a_retired_key_is_destroyed_only_when_nothing_refers_to_it(rig: Rig):
    async with at_work(rig):
        pass
    await rotate(rig, "dek")
    first = await rotate(rig, "destroy")
    rig.rows("update membership.data_keys set retired_at = retired_at - interval '2 hours' "
             "where id = 1 returning id")  # fmt: skip
    rig.rows(
        "update membership.people set facts = '\\x0100000001' || substring(facts, 6) returning id"
    )

    second = await rotate(rig, "destroy")
    rig.rows(
        "update membership.people set facts = '\\x0100000003' || substring(facts, 6) returning id"
    )
    third = await rotate(rig, "destroy")

    assert "retired too lately" in first[1]
    assert "people.facts holds 1" in second[1]
    assert "已销毁 1 个停用的密钥：[1]" in third[1]
    assert rig.rows("select id, wrapped, destroyed_at is null from membership.data_keys "
                    "where id = 1") == [(1, b"", False)]  # fmt: skip


async def test_sealing_anew_goes_on_after_a_kill(rig: Rig):
    await seal_people(rig, 4_000)
    process = await start(rig, "dek")
    assert process.stdout is not None
    while b"people.facts" not in await process.stdout.readline():
        pass
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    left = rig.rows(OLD_VALUES)[0][0]

    code, said = await rotate(rig, "dek")

    assert 0 < left < 4_000
    assert (code, rig.rows(OLD_VALUES)) == (0, [(0,)]), said
    assert [row[0] for row in rig.rows("select id from membership.data_keys order by id")] == [
        *(1, 2, 3)
    ]


async def test_a_new_index_key_finds_all_and_admits_nobody_twice_while_people_work(rig: Rig):
    before = rig.rows("select tablename, indexname, indexdef from pg_indexes "
                      "where schemaname = 'membership' order by 1, 2")  # fmt: skip
    async with at_work(rig) as office:
        held = rig.rows("select blind from membership.person_keys")
        code, said = await rotate(rig, "index", BLIND_ALGORITHM="hmac-sm3")
        rounds = office.rounds
        await office.one_round()

    assert (code, office.wrong) == (0, []), said
    assert rounds > 3
    assert rig.rows("select blind from membership.person_keys") != held
    assert rig.rows("select tablename, indexname, indexdef from pg_indexes "
                    "where schemaname = 'membership' order by 1, 2") == before  # fmt: skip
    assert rig.rows(f"{KEYS} where purpose = 'blind' order by id") == [
        (2, "blind", "hmac-sha256", False, True),
        (3, "blind", "hmac-sm3", True, True),
    ]


@pytest.mark.prove
async def test_a_new_wrapping_key_takes_over_without_a_restart(rig: Rig):
    file = rig.keys / "kek.json"
    both = orjson.loads(file.read_bytes())
    both["keys"] |= orjson.loads(new_key_file("kek-2"))["keys"]
    file.write_bytes(orjson.dumps(both | {"active": "kek-2"}))

    async with at_work(rig) as office:
        code, said = await rotate(rig, "kek")
        file.write_bytes(
            orjson.dumps({"active": "kek-2", "keys": {"kek-2": both["keys"]["kek-2"]}})
        )
        await asyncio.sleep(3 * POLL)
        again = await rotate(rig, "dek")

    assert (code, again[0], office.wrong) == (0, 0, []), said
    assert {row[0] for row in rig.rows("select kek_id from membership.data_keys")} == {"kek-2"}


async def test_log_ins_go_on_with_new_keys_and_no_failed_attempt_is_forgotten(
    database: TestDatabase, keys_dir: Path, tmp_path: Path
):
    keys = own_keys(keys_dir, tmp_path)
    async with identity_rig(database, keys, tmp_path, key_poll=POLL) as identity:
        clerk, guessed = await identity.staff("li.jingban"), await identity.staff("wang.shenhe")
        worker = identity.whose((await identity.worker())["access_token"]).id
        for _ in range(4):
            assert (await identity.log_in(guessed, password="wrong")).status_code == 401
        identity.clock.turn(minutes=2)
        sent = await identity.phone_code()

        index = await rotate(identity, "index", "identity")
        sealing = await rotate(identity, "dek", "identity", SEAL_ALGORITHM="sm4-gcm")
        await asyncio.sleep(3 * POLL)

        assert (index[0], sealing[0]) == (0, 0), index[1] + sealing[1]
        body = {"phone": PHONE, "code": sent}
        again = await identity.client.post("/worker-sessions", json=body, headers=identity.as_())
        assert identity.whose(again.json()["access_token"]).id == worker
        assert (await identity.log_in(clerk)).status_code == 201
        assert (await identity.log_in(guessed, password="wrong")).status_code == 401
        assert (await identity.log_in(guessed)).status_code == 401  # the fifth has locked it
        kept = await rotate(identity, "destroy", "identity")
        assert "retired too lately" in kept[1]
