"""Workers log in by opening the mini-program, whatever the platform behind it answers."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from services.identity.peers.local_mini_program import LocalMiniProgram
from services.identity.settings import Settings
from tests.service.identity_rig import PHONE, identity_rig, identity_settings

URL = "/worker-sessions/mini-program"
APP, SECRET = "wx0123456789abcdef", "only-the-server-knows"
SESSION_KEY = "bWFkZS11cC1zZXNzaW9uLWtleQ=="
PHONE_INFO = {
    "phoneNumber": PHONE,
    "purePhoneNumber": PHONE,
    "countryCode": "86",
    "watermark": {"timestamp": 1637744274, "appid": APP},
}


class Platform:
    """WeChat, as far as we ask it; a test changes what it says."""

    def __init__(self):
        self.url = ""
        self.asked = []
        self.said = {
            "/sns/jscode2session": {"openid": "oABC", "session_key": SESSION_KEY},
            "/cgi-bin/stable_token": {"access_token": "t-1", "expires_in": 7200},
            "/wxa/business/getuserphonenumber": {"errcode": 0, "phone_info": PHONE_INFO},
        }
        self.status, self.pause = 200, 0.0

    async def answer(self, request):
        self.asked.append((request.path, dict(request.query), await request.text()))
        await asyncio.sleep(self.pause)
        said = self.said[request.path]
        said = said.pop(0) if isinstance(said, list) else said
        text = said if isinstance(said, str) else json.dumps(said)
        # The real one calls its JSON plain text.
        return web.Response(text=text, status=self.status, content_type="text/plain")

    def count(self, path):
        return len([one for one in self.asked if one[0] == path])


@asynccontextmanager
async def wechat():
    platform = Platform()
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", platform.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platform.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield platform
    finally:
        await runner.cleanup()


@pytest.fixture
async def platform():
    async with wechat() as made:
        yield made


@pytest.fixture
async def identity(database, keys_dir, tmp_path, platform):
    secret = tmp_path / "mini-program.secret"
    secret.write_text(f"{SECRET}\n")
    settings = {
        "mini_program_app_id": APP,
        "mini_program_secret_file": secret,
        "mini_program_url": platform.url,
        "mini_program_timeout": 0.5,
    }
    async with identity_rig(database, keys_dir, tmp_path, **settings) as rig:
        yield rig


async def open_it(identity, **body):
    return await identity.client.post(URL, json={"code": "c"} | body, headers=identity.as_())


def problem_of(answer):
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_the_first_time_takes_the_phone_and_then_opening_is_enough(identity, platform):
    by_code = await identity.worker()

    without = await open_it(identity)
    first = await open_it(identity, phone_code="p")
    again = await open_it(identity)

    assert problem_of(without) == (409, "phone-needed")
    assert first.status_code == again.status_code == 201
    assert first.json()["person"] == {"masked_phone": "138****4567"}
    people = {identity.whose(one["access_token"]).id for one in (by_code, first.json())}
    assert people == {identity.whose(again.json()["access_token"]).id}
    assert identity.whose(again.json()["access_token"]).auth == "mini-program"
    assert [row[0] for row in identity.audited("worker.mini-program-linked")] == ["done"]
    query = next(query for path, query, _ in platform.asked if path == "/sns/jscode2session")
    assert query == {
        "appid": APP,
        "secret": SECRET,
        "js_code": "c",
        "grant_type": "authorization_code",
    }


async def test_neither_the_session_key_nor_the_ids_are_told_or_kept_readable(identity, caplog):
    answer = await open_it(identity, phone_code="p")

    stored = str(identity.rows("select * from identity.mini_program_links"))
    audited = str(identity.rows("select * from identity.audit"))
    for secret in (SESSION_KEY, SECRET, "oABC", PHONE):
        assert secret not in answer.text + stored + audited + caplog.text
        assert secret.encode().hex() not in stored


async def test_the_operators_other_program_knows_the_person_again(identity, platform):
    session = platform.said["/sns/jscode2session"]
    session["unionid"] = "uXYZ"
    first = await open_it(identity, phone_code="p")
    session["openid"] = "oOTHER"

    second = await open_it(identity)

    people = {identity.whose(one.json()["access_token"]).id for one in (first, second)}
    assert len(people) == 1
    assert identity.rows("select count(*) from identity.mini_program_links") == [(2,)]


async def test_another_verified_phone_makes_it_the_worker_of_that_phone(identity, platform):
    await open_it(identity, phone_code="p")
    changed = PHONE_INFO | {"purePhoneNumber": "13851234568"}
    platform.said["/wxa/business/getuserphonenumber"] = {"errcode": 0, "phone_info": changed}

    moved = await open_it(identity, phone_code="p2")
    after = await open_it(identity)

    assert moved.json()["person"] == after.json()["person"] == {"masked_phone": "138****4568"}
    assert identity.rows("select count(*) from identity.mini_program_links") == [(1,)]


async def test_the_platforms_token_is_kept_and_renewed_when_it_is_worn_out(identity, platform):
    path = "/wxa/business/getuserphonenumber"
    worn_out, good = {"errcode": 42001}, {"errcode": 0, "phone_info": PHONE_INFO}
    platform.said[path] = [good, good, worn_out, good, worn_out, worn_out]

    answers = [(await open_it(identity, phone_code="p")).status_code for _ in range(4)]

    assert answers == [201, 201, 201, 503]
    assert platform.count("/cgi-bin/stable_token") == 3
    assert platform.count(path) == 6


async def test_two_at_once_make_one_link(identity):
    answers = await asyncio.gather(*(open_it(identity, phone_code="p") for _ in range(5)))

    assert {one.status_code for one in answers} == {201}
    assert identity.rows("select count(*) from identity.mini_program_links") == [(1,)]
    assert identity.rows("select count(*) from identity.workers") == [(1,)]


REFUSED = {
    "an invalid code": ({"errcode": 40029, "errmsg": "invalid code"}, 401, "mini-program-refused"),
    "a used code": ({"errcode": 40163, "errmsg": "used"}, 401, "mini-program-refused"),
    "somebody at risk": ({"errcode": 40226, "errmsg": "blocked"}, 403, "mini-program-blocked"),
    "too often": ({"errcode": 45011, "errmsg": "frequency"}, 429, "mini-program-busy"),
    "busy itself": ({"errcode": -1, "errmsg": "system"}, 503, "mini-program-unavailable"),
    "our secret is wrong": ({"errcode": 40125}, 503, "mini-program-unavailable"),
    "no openid": ({"session_key": SESSION_KEY}, 503, "mini-program-unavailable"),
    "an openid that is a list": ({"openid": ["o"]}, 503, "mini-program-unavailable"),
    "a huge openid": ({"openid": "o" * 5000}, 503, "mini-program-unavailable"),
    "a list": ([1, 2], 503, "mini-program-unavailable"),
    "no JSON": ("<html>", 503, "mini-program-unavailable"),
    "an error that is text": ({"errcode": "0", "openid": "o"}, 503, "mini-program-unavailable"),
}


async def test_whatever_the_platform_answers_there_is_a_sentence_for_it(identity, platform):
    outcomes = {}
    for name, (said, _, _) in REFUSED.items():
        platform.said["/sns/jscode2session"] = [said] if isinstance(said, list) else said
        answer = await open_it(identity)
        assert "手机验证码" in answer.json()["detail"], name
        assert "errmsg" not in answer.text
        outcomes[name] = problem_of(answer)

    assert outcomes == {name: (status, code) for name, (_, status, code) in REFUSED.items()}


async def test_a_slow_or_broken_platform_is_an_outage_and_phone_codes_go_on(identity, platform):
    platform.pause = 2.0
    slow = await open_it(identity)
    platform.pause, platform.status = 0.0, 502
    broken = await open_it(identity)
    platform.status = 302
    elsewhere = await open_it(identity)

    outcomes = {problem_of(one) for one in (slow, broken, elsewhere)}
    assert outcomes == {(503, "mini-program-unavailable")}
    assert slow.headers["retry-after"] == "10"
    assert (await identity.worker())["access_token"]


FOREIGN = (
    ({"countryCode": "1"}, (409, "phone-foreign")),
    ({"watermark": {"appid": "wxOTHER"}}, (503, "mini-program-unavailable")),
    ({"purePhoneNumber": "12"}, (503, "mini-program-unavailable")),
)


async def test_a_phone_that_is_not_for_us_is_not_believed(identity, platform):
    for changed, problem in FOREIGN:
        info = {"errcode": 0, "phone_info": PHONE_INFO | changed}
        platform.said["/wxa/business/getuserphonenumber"] = info
        assert problem_of(await open_it(identity, phone_code="p")) == problem

    assert identity.rows("select count(*) from identity.workers") == [(0,)]


async def test_a_demonstration_machine_makes_openers_up_and_no_other_does(
    database, keys_dir, tmp_path
):
    async with identity_rig(database, keys_dir, tmp_path) as identity:
        refused = await open_it(identity, code="stranger")
        made = await open_it(identity, code="local-chen", phone_code=PHONE)

    assert (problem_of(refused), made.status_code) == ((401, "mini-program-refused"), 201)
    with pytest.raises(ValueError, match="local only"):
        LocalMiniProgram("production")
    given = identity_settings(database, keys_dir, tmp_path).model_dump()
    with pytest.raises(ValueError, match="https"):
        Settings(**given | {"mode": "production", "mini_program_url": "http://wechat.test"})


async def test_production_without_a_mini_program_says_so(database, keys_dir, tmp_path):
    async with identity_rig(database, keys_dir, tmp_path, mode="production") as identity:
        answer = await open_it(identity)

    assert problem_of(answer) == (404, "no-mini-program")
