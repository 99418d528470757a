"""The audit after a restored dump, and anchors of it that are kept elsewhere (PII-06)."""

import asyncio
import sys

import pytest

from services.chassis.data.audit import last_anchor, seal
from services.chassis.data.audit_clock import audit_standing
from services.chassis.data.recover_audit import recover_audit
from services.chassis.data.verify_audit import main as verify_audit
from services.chassis.edge.anchors import AnchorForged, note_anchor, read_anchors
from services.chassis.edge.trust import load_key
from tests.audit_rig import check, seal_rows, tamper, write, write_and_seal

AHEAD = 50_000_000


async def as_after_a_dump(place, store):
    """A schema whose rows carry the numbers of a cluster that had come much further."""
    await write(store, ["opened", "filled"])
    await tamper(place, f"update membership.audit set xid = xid + {AHEAD}")
    await tamper(place, "alter table membership.audit alter column xid set default "
                        f"pg_current_xact_id()::text::bigint + {AHEAD}")  # fmt: skip
    await seal_rows(store, 2)
    await write(store, ["came with the dump, unsealed"])
    await tamper(place, "alter table membership.audit alter column xid set default "
                        "pg_current_xact_id()::text::bigint")  # fmt: skip


async def standing(store):
    async with store.engine.connect() as connection:
        return await audit_standing(connection, store.tables.audit, store.tables.audit_seals)


async def test_after_a_restored_dump_the_sealer_stands_still_and_says_so(place, store):
    await as_after_a_dump(place, store)

    await write(store, ["written before anybody noticed"])

    assert await seal(store) == 0
    assert (await standing(store)).is_ahead


async def test_recovery_seals_what_came_and_what_was_written_since(database, place, store):
    await as_after_a_dump(place, store)
    await write(store, ["written before anybody noticed"])
    owner = database.migration_url("membership")

    first = await recover_audit(owner, "membership")
    again = await recover_audit(owner, "membership")
    await write(store, ["written afterwards"])
    await seal_rows(store, 3)

    assert (first, again) == ((True, 1), (False, 0))
    assert not (await standing(store)).is_ahead
    found = await check(store)
    assert (found.rows, found.unsealed, found.problems) == (5, 0, ())


async def test_a_second_dump_is_recovered_from_as_well(database, place, store):
    owner = database.migration_url("membership")
    await as_after_a_dump(place, store)
    await recover_audit(owner, "membership")
    await write(store, ["between"])
    await tamper(place, "update membership.audit set xid = xid + 100000 where action = 'between'")

    found = await recover_audit(owner, "membership")
    await write(store, ["last"])
    await seal_rows(store, 3)

    assert found == (True, 0)
    assert (await check(store)).problems == ()


@pytest.fixture
def key(keys_dir):
    return load_key(keys_dir / "membership.jwk")


async def test_anchors_are_noted_once_each_and_signed(place, store, key, trust, tmp_path):
    path = tmp_path / "deep" / "membership.log"
    await write_and_seal(store)
    first = await last_anchor(store)
    added = [note_anchor(path, key, "membership", str(first), store.clock()) for _ in range(2)]
    await write(store, ["more"])
    await seal_rows(store, 1)
    second = await last_anchor(store)
    note_anchor(path, key, "membership", str(second), store.clock())

    lines = path.read_text().splitlines()

    assert added == [True, False]
    assert read_anchors(lines, trust, "membership") == [str(first), str(second)]


async def test_a_forged_line_of_anchors_is_refused(store, key, trust, tmp_path, keys_dir):
    path = tmp_path / "membership.log"
    anchor = f"1:{'0' * 64}"
    note_anchor(path, key, "membership", anchor, store.clock())
    good = path.read_text().strip()
    head, payload, signature = good.split(".")
    other = tmp_path / "other.log"
    note_anchor(other, load_key(keys_dir / "identity.jwk"), "membership", anchor, store.clock())

    for forged in (f"{head}.{payload[:-4]}AAAA.{signature}", other.read_text().strip(), "no line"):
        with pytest.raises(AnchorForged):
            read_anchors([good, forged], trust, "membership")
    with pytest.raises(AnchorForged):
        read_anchors([good], trust, "identity")


async def test_verify_audit_finds_truncation_against_the_file_of_anchors(
    database, place, store, key, keys_dir, tmp_path, monkeypatch, capsys
):
    await write_and_seal(store)
    path = tmp_path / "membership.log"
    note_anchor(path, key, "membership", str(await last_anchor(store)), store.clock())
    await tamper(place, "delete from membership.audit where action = 'admitted'")
    await tamper(place, "delete from membership.audit_seals where seq = 3")

    said = {}
    for name, more in (("without", []), ("with", ["--anchors", str(path)])):
        words = ["--url", database.url("membership"), "--schema", "membership", *more]
        trust = ["--trust", str(keys_dir / "trust.jwks")]
        monkeypatch.setattr(sys, "argv", ["verify_audit", *words, *trust])
        code = await asyncio.to_thread(verify_audit)
        said[name] = (code, capsys.readouterr().out)

    assert said["without"][0] == 0
    assert said["with"][0] == 1
    assert "外部留存的第 3 号封条已不存在，末尾被截断。" in said["with"][1]
