"""Keys that sign user tokens: made when needed, relieved in time, taken back by command."""

import asyncio

import pytest

from services.chassis.edge.assertions import kid_of
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.refusals import Conflict, NotFound
from services.identity import signing_keys as command
from services.identity.domain.policy import TOKEN_SECONDS
from services.identity.domain.signing_keys import State, key_id_of
from services.identity.usecases.signing_keys.list_signing_keys import list_signing_keys
from services.identity.usecases.signing_keys.revoke_signing_key import revoke_signing_key
from services.identity.usecases.signing_keys.rotate_signing_key import rotate_signing_key
from tests.service.identity_rig import identity_rig

LIFE, LEAD, TOKENS = 30 * 86_400, 600, 660  # seconds


@pytest.fixture
async def identity(database, keys_dir, tmp_path):
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


async def states(identity):
    async with identity.app.state.store.begin(SYSTEM) as tx:
        keys = await list_signing_keys(tx, identity.app.state.policy.rotation)
    return [key.state for key in keys]


async def published(identity):
    answer = await identity.client.get("/jwks", headers=identity.as_())
    assert answer.status_code == 200
    return answer.json()["keys"]


async def rotate(identity):
    async with identity.app.state.store.begin(SYSTEM) as tx:
        return await rotate_signing_key(tx, identity.app.state.policy.rotation)


async def revoke(identity, kid):
    async with identity.app.state.store.begin(SYSTEM) as tx:
        await revoke_signing_key(tx, key_id_of(kid), "丢失")


async def test_the_first_log_in_makes_a_key_and_two_at_once_make_one(identity):
    before = await published(identity)

    await asyncio.gather(*(identity.worker(f"1385123456{n}") for n in range(3)))

    assert before == []
    assert await states(identity) == [State.CURRENT]
    assert len(identity.audited("signing-key.made")) == 1


async def test_public_halves_are_published_and_private_ones_are_not(identity):
    token = (await identity.worker())["access_token"]

    (key,) = await published(identity)

    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert (key["kid"], key["alg"], key["crv"]) == (kid_of(token), "Ed25519", "Ed25519")
    sealed = bytes(identity.rows("select private_sealed from identity.user_token_keys")[0][0])
    assert b'"d"' not in sealed


async def test_a_key_is_published_before_it_signs_and_until_its_last_token_is_over(identity):
    await identity.worker()
    await rotate(identity)
    await rotate(identity)
    seen = [await states(identity)]
    for seconds in (LEAD - 1, 2, TOKENS - 3, 2):
        identity.clock.turn(seconds=seconds)
        seen.append(await states(identity))

    assert seen == [
        [State.CURRENT, State.NEXT],
        [State.CURRENT, State.NEXT],
        [State.RETIRED, State.CURRENT],
        [State.RETIRED, State.CURRENT],
        [State.OUTLIVED, State.CURRENT],
    ]
    assert TOKEN_SECONDS < TOKENS
    assert len(await published(identity)) == 1


async def test_a_key_is_relieved_by_itself_and_what_it_signed_outlives_it(identity):
    first = kid_of((await identity.worker())["access_token"])
    await identity.sweep()
    identity.clock.turn(seconds=LIFE - LEAD - 1)
    await identity.sweep()
    early = await states(identity)

    identity.clock.turn(seconds=2)
    await identity.sweep()
    due = await states(identity)
    identity.clock.turn(seconds=LEAD + 1)
    await identity.sweep()
    second = kid_of((await identity.worker("13851234568"))["access_token"])

    assert (early, due) == ([State.CURRENT], [State.CURRENT, State.NEXT])
    assert first != second
    identity.clock.turn(seconds=LIFE)
    await identity.sweep()
    assert await states(identity) == [State.CURRENT, State.NEXT]


async def test_a_revoked_key_is_published_no_more_and_a_fresh_one_signs_at_once(identity):
    first = kid_of((await identity.worker())["access_token"])

    await revoke(identity, first)

    second = kid_of((await identity.worker("13851234568"))["access_token"])
    assert [key["kid"] for key in await published(identity)] == [second]
    assert await states(identity) == [State.REVOKED, State.CURRENT]
    with pytest.raises(Conflict):
        await revoke(identity, first)
    with pytest.raises(NotFound):
        await revoke(identity, "identity#" + "0" * 32)


async def test_revoking_the_next_key_leaves_the_present_one_in_office(identity):
    first = kid_of((await identity.worker())["access_token"])
    await revoke(identity, f"identity#{(await rotate(identity)).hex}")

    identity.clock.turn(seconds=LEAD + TOKENS + 1)

    assert await states(identity) == [State.CURRENT, State.REVOKED]
    assert kid_of((await identity.worker("13851234568"))["access_token"]) == first


async def test_the_command_lists_rotates_and_revokes(identity, monkeypatch, tmp_path, capsys):
    for name, value in {
        "MODE": "local",
        "PRIVATE_KEY": identity.keys / "identity.jwk",
        "TRUST": identity.keys / "trust.jwks",
        "DATABASE_URL": identity.database.url("identity"),
        "KEYS": identity.keys / "kek.json",
        "DATA_DIR": tmp_path,
        "WEBHOOK_SECRET_FILE": identity.keys / "webhook.secret",
    }.items():
        monkeypatch.setenv(f"IDENTITY_{name}", str(value))
    kid = kid_of((await identity.worker())["access_token"])

    said = []
    for words in (["list"], ["rotate"], ["revoke", kid, "--reason", "演练"], ["revoke", "x"]):
        full = words if words != ["revoke", "x"] else ["revoke", "x", "--reason", "演练"]
        status = await asyncio.to_thread(command.main, full)
        lines = capsys.readouterr().out.splitlines()
        said.append((status, [line.split("\t") for line in lines if "\t" in line]))

    assert [status for status, _ in said] == [0, 0, 0, 1]
    assert [line[1] for line in said[0][1]] == ["current"]
    assert said[2][1][0][:2] == [kid, "revoked"]
    assert sorted(line[1] for line in said[2][1]) == ["current", "next", "revoked"]
