"""A key service keeps the wrapping key: it may be slow, dead or wrong, and none of it is told."""

import asyncio
import base64
import time

import pytest
from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.chassis.data.keyring import KeyPace, Keyring
from services.chassis.data.keys import load_sealer
from services.chassis.edge.key_service import HttpKeys
from services.chassis.kernel.refusals import Unavailable
from services.chassis.kernel.wrapping import KeysUnusable, Wrapped
from tests.chassis_rig import TABLES
from tests.standin import says

KEYS = TABLES.data_keys
SECRET = b"k" * 32
WHERE = "people:1:facts"


class Vault:
    """What a real key service does, in some lines: three calls and one token."""

    def __init__(self, part):
        self.cipher = AESGCM(SECRET)
        self.tokens = []
        part.script = [self.answer]

    async def answer(self, request):
        self.tokens.append(request.headers.get("authorization"))
        if request.path == "/current":
            return web.json_response({"key": "hsm-7"})
        asked = await request.json()
        place = asked["place"].encode()
        if request.path == "/wrap":
            plain = base64.b64decode(asked["secret"])
            wrapped = self.cipher.encrypt(b"n" * 12, plain, place)
            return web.json_response({"key": "hsm-7", "wrapped": _b64(wrapped)})
        try:
            content = base64.b64decode(asked["wrapped"])
            return web.json_response(
                {"secret": _b64(self.cipher.decrypt(b"n" * 12, content, place))}
            )
        except InvalidTag:
            return web.json_response({"error": "does not fit"}, status=422)


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
def token(tmp_path):
    path = tmp_path / "token"
    path.write_text("let-me-in\n")
    return path


async def test_data_keys_are_wrapped_by_the_key_service(place, standin, token):
    vault = Vault(standin)
    service = HttpKeys(standin.url, token)

    first = await load_sealer(place.app, KEYS, service)
    again = await load_sealer(place.app, KEYS, service)

    assert again.open(first.seal(b"1", WHERE), WHERE) == b"1"
    assert set(vault.tokens) == {"Bearer let-me-in"}
    async with place.admin.connect() as connection:
        rows = (await connection.execute(KEYS.select())).mappings().all()
    assert {row["kek_id"] for row in rows} == {"hsm-7"}
    assert not any(key.secret in row["wrapped"] for row in rows for key in first.keys.values())


async def test_a_key_wrapped_for_another_place_does_not_come_back(standin):
    Vault(standin)
    service = HttpKeys(standin.url)
    wrapped = await service.wrap(b"1" * 32, "membership:data_keys:seal:aes-256-gcm")

    with pytest.raises(KeysUnusable, match="answered unwrap with 422"):
        await service.unwrap(wrapped, "identity:data_keys:seal:aes-256-gcm")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(500, {"error": "secret-of-theirs"}), "answered unwrap with 500"),
        (says(302, {}, location="http://elsewhere.example/"), "answered unwrap with 302"),
        (says(200, {}), "answer has no secret"),
        (says(200, ["secret"]), "answer has no secret"),
        (says(200, {"secret": "no base64!"}), "secret is not base64"),
        (says(200, {"secret": "x" * 70_000}), "answer is too long"),
    ],
)
async def test_a_wrong_answer_is_named_without_what_it_said(standin, answer, reason):
    standin.script = [answer]

    with pytest.raises(KeysUnusable, match=reason) as caught:
        await HttpKeys(standin.url).unwrap(Wrapped("hsm-7", b"wrapped"), WHERE)

    assert "secret-of-theirs" not in str(caught.value)


async def test_a_silent_key_service_is_not_waited_for(standin):
    async def silent(_):
        await asyncio.sleep(5)

    standin.script = [silent]
    started = time.monotonic()

    with pytest.raises(KeysUnusable, match="did not answer current in time"):
        await HttpKeys(standin.url, patience=0.2).current()

    assert time.monotonic() - started < 2


async def test_a_dead_key_service_leaves_a_service_up_and_not_ready_until_it_is_back(
    place, standin
):
    Vault(standin)
    await load_sealer(place.app, KEYS, HttpKeys(standin.url))
    dead = HttpKeys("http://127.0.0.1:1")
    keyring = Keyring(place.app, KEYS, dead, pace=KeyPace(0.1))

    await keyring.look()

    assert keyring.trouble == (
        "data key 2: the key service could not be asked to unwrap (ClientConnectorError)"
    )
    with pytest.raises(Unavailable):
        keyring.sealer.seal(b"1", WHERE)
    mended = Keyring(place.app, KEYS, HttpKeys(standin.url))
    await mended.look()
    assert mended.trouble == ""
    assert mended.sealer.open(mended.sealer.seal(b"1", WHERE), WHERE) == b"1"


async def test_a_key_service_that_answers_with_another_key_is_noticed(place, standin):
    Vault(standin)
    service = HttpKeys(standin.url)
    await load_sealer(place.app, KEYS, service)
    standin.script = [says(200, {"secret": _b64(b"short")})]

    with pytest.raises(KeysUnusable, match="data key 1: what was unwrapped is no key"):
        await load_sealer(place.app, KEYS, service)
