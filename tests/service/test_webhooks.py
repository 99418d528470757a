"""API clients manage their webhooks; administrators of their union see them, nobody else does."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from asgi_lifespan import LifespanManager

from services.chassis.data import hooks
from services.chassis.kernel.actors import Role
from services.chassis.kernel.clock import utc_now
from tests import people, probe
from tests.clusters import TestDatabase
from tests.hooks_rig import IDLE, LOOPBACK, OTHERS, RIDERS, Places, Receiver, eventually, receiving
from tests.vouching import vouch

NOTE = "probe.note.written"
ADMIN = people.SUN  # the county's administrator
TOWN_ADMIN = replace(people.LI, roles=frozenset({Role.ADMINISTRATOR}))
FAR_ADMIN = replace(people.ZHAO, roles=frozenset({Role.ADMINISTRATOR}))


class Caller:
    """Speaks to the service as one of the cast."""

    def __init__(self, client: httpx.AsyncClient, keys: Path, store) -> None:
        self.client, self.as_, self.store, self.serial = client, vouch(keys, "probe"), store, 0

    async def __call__(self, actor, method, path, json=None, **headers):
        self.serial += 1
        key = {"Idempotency_Key": f"key-{self.serial:016}"} if method == "POST" else {}
        named = self.as_(actor, **key, **headers)
        return await self.client.request(method, f"/v1/webhooks{path}", json=json, headers=named)

    async def create(self, url: str, actor=RIDERS, **more):
        body = {"url": url, "topics": [NOTE]} | more
        return (await self(actor, "POST", "", body)).json()

    async def until(self, actor, path, holds):
        async def found():
            answer = (await self(actor, "GET", path)).json()
            return answer if holds(answer) else None

        return await eventually(found)

    async def tell(self, subject=people.TOWN, union=people.TOWN):
        async with self.store.begin() as tx:
            await tx.emit_fact(NOTE, subject, {}, union_id=union, link="/notes/1")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def call(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Caller]:
    url = probe.create_schema(database.admin_url)
    local = {"mode": "local", "webhook_allowed": LOOPBACK}
    settings = probe.settings(url, keys_dir, tmp_path, **local)
    app = probe.create_app(settings, utc_now, events=[probe.NoteWritten], places=Places())
    transport = httpx.ASGITransport(app)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://probe") as client,
    ):
        yield Caller(client, keys_dir, app.state.store)


async def test_a_client_sets_a_hook_and_sees_its_secret_once(call, receiver):
    created = await call.create(receiver.url + "/in", description="派单系统")
    shown = (await call(RIDERS, "GET", f"/{created['id']}")).json()

    assert created["secret"].startswith("whsec_")
    assert shown == {
        "id": created["id"],
        "client": "riders",
        "client_name": "riders平台",
        "union_id": str(people.TOWN),
        "url": receiver.url + "/in",
        "topics": [NOTE],
        "filter": {"union_id": None, "reach": "below"},
        "description": "派单系统",
        "state": "active",
        "actions": ["pause", "replay"],
        "warning": "",
        "failing_since": None,
        "disabled_at": None,
        "disabled_reason": "",
        "created_at": created["created_at"],
        "updated_at": created["updated_at"],
        "version": 1,
    }


async def test_a_client_sees_its_own_and_administrators_those_at_their_union(call, receiver):
    own = await call.create(receiver.url)
    other = await call.create(receiver.url, OTHERS)

    seen = {}
    for actor in (RIDERS, OTHERS, ADMIN, TOWN_ADMIN, FAR_ADMIN):
        listed = (await call(actor, "GET", "")).json()["items"]
        seen[actor.client or actor.name] = {hook["id"] for hook in listed}
    strange = await call(OTHERS, "GET", f"/{own['id']}")
    absent = await call(OTHERS, "GET", f"/{people.TOWN}")

    assert seen == {
        "riders": {own["id"]},
        "others": {other["id"]},
        ADMIN.name: {own["id"], other["id"]},
        "李经办": {own["id"]},
        "赵经办": {other["id"]},
    }
    assert (strange.status_code, absent.status_code) == (404, 404)
    assert strange.json() == absent.json()


async def test_only_who_may_manage_hooks_does(call, receiver):
    body = {"url": receiver.url, "topics": [NOTE]}
    hook = await call.create(receiver.url)
    path = f"/{hook['id']}"

    refused = {
        "no scope": await call(IDLE, "POST", "", body),
        "a clerk": await call(people.LI, "GET", ""),
        "a worker": await call(people.CHEN, "GET", path),
        "an administrator creates none": await call(ADMIN, "POST", "", body),
        "nor rotates": await call(ADMIN, "POST", path + "/secrets", {}),
        "nor deletes": await call(ADMIN, "DELETE", path, If_Match='"1"'),
    }

    assert {why: answer.status_code for why, answer in refused.items()} == dict.fromkeys(
        refused, 403
    )


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"topics": ["probe.unknown.topic"]}, "/topics/0", "unknown-topic"),
        ({"url": "http://example.cn/x"}, "/url", "target-scheme"),
        ({"url": "https://10.0.0.1/x"}, "/url", "target-host"),
        ({"filter": {"union_id": str(people.OTHER_TOWN)}}, "/filter/union_id", "unknown-union"),
        ({"filter": {"union_id": str(people.CHEN.id)}}, "/filter/union_id", "unknown-union"),
    ],
)
async def test_what_cannot_be_told_or_called_is_refused(call, receiver, change, pointer, code):
    body = {"url": receiver.url, "topics": [NOTE]} | change

    answer = await call(RIDERS, "POST", "", body)

    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


async def test_changing_needs_the_version_that_was_read(call, receiver):
    hook = await call.create(receiver.url)
    path, body = f"/{hook['id']}", {"url": receiver.url + "/new", "topics": [NOTE]}

    missing = await call(RIDERS, "PUT", path, body)
    changed = await call(RIDERS, "PUT", path, body, If_Match='"1"')
    stale = await call(RIDERS, "PUT", path, body, If_Match='"1"')
    stranger = await call(OTHERS, "PUT", path, body, If_Match='"2"')

    assert (missing.status_code, stale.status_code, stranger.status_code) == (428, 412, 404)
    assert (changed.json()["url"], changed.headers["etag"]) == (receiver.url + "/new", '"2"')


async def test_a_test_event_arrives_and_stands_in_the_log(call, receiver):
    hook = await call.create(receiver.url + "/in")
    sent = (await call(RIDERS, "POST", f"/{hook['id']}/tests")).json()
    path = f"/{hook['id']}/deliveries/{sent['id']}"
    log = await call.until(RIDERS, path, lambda d: d["state"] == "delivered")
    strange = await call(OTHERS, "GET", path)

    (attempt,) = log["log"]
    assert receiver.ids == [log["webhook_id"]]
    assert (log["topic"], attempt["status"], attempt["number"]) == ("probe.webhook.tested", 204, 1)
    assert attempt["request_headers"]["webhook-id"] == log["webhook_id"]
    assert strange.status_code == 404


async def test_a_paused_hook_keeps_what_comes_and_sends_it_when_resumed(call, receiver):
    hook = await call.create(receiver.url)
    path = f"/{hook['id']}"
    paused = await call(ADMIN, "PUT", path + "/state", {"state": "paused"}, If_Match='"1"')
    await call.tell()
    kept = await call.until(RIDERS, path + "/deliveries", lambda page: page["items"])
    before = len(receiver.got)
    await call(ADMIN, "PUT", path + "/state", {"state": "active"}, If_Match='"2"')
    await call.until(
        RIDERS, path + "/deliveries?state=delivered", lambda page: len(page["items"]) == 1
    )

    assert paused.json()["actions"] == ["resume", "replay"]
    assert (kept["items"][0]["state"], before, len(receiver.got)) == ("waiting", 0, 1)


async def test_a_stretch_of_time_is_sent_again_under_the_same_ids(call, receiver):
    hook = await call.create(receiver.url)
    path = f"/{hook['id']}"
    for _ in range(3):
        await call.tell()
    await call.until(
        RIDERS, path + "/deliveries?state=delivered", lambda page: len(page["items"]) == 3
    )
    span = {"from": str(utc_now() - timedelta(hours=1)), "to": str(utc_now())}
    asked = await call(ADMIN, "POST", path + "/replays", span)
    job = f"{path}/replays/{asked.json()['id']}"
    done = await call.until(ADMIN, job, lambda replay: replay["state"] == "done")
    await receiver.has(6)

    assert asked.status_code == 202
    assert (done["done"], done["total"]) == (3, 3)
    assert sorted(receiver.ids[3:]) == sorted(receiver.ids[:3])
    assert len(set(receiver.ids)) == 3
    assert (await call(OTHERS, "GET", job)).status_code == 404


async def test_a_replay_too_far_back_or_backwards_is_refused(call, receiver):
    hook = await call.create(receiver.url)
    now = utc_now()
    spans = [(now - timedelta(days=31), now), (now, now - timedelta(hours=1))]

    codes = []
    for since, until in spans:
        body = {"from": str(since), "to": str(until)}
        answer = await call(RIDERS, "POST", f"/{hook['id']}/replays", body)
        codes += [error["code"] for error in answer.json()["errors"]]

    assert codes == ["too-old", "before-from"]


async def test_one_delivery_is_sent_again_and_the_log_is_filtered(call, receiver):
    receiver.status = 500
    hook = await call.create(receiver.url)
    path = f"/{hook['id']}/deliveries"
    await call.tell()
    page = await call.until(
        RIDERS, path, lambda page: page["items"] and page["items"][0]["attempts"]
    )
    receiver.status = 204
    (one,) = page["items"]
    again = await call(ADMIN, "POST", f"{path}/{one['id']}/resendings")
    await call.until(RIDERS, path + "?state=delivered", lambda page: page["items"])

    assert again.status_code == 202
    assert (await call(RIDERS, "GET", path + "?state=dead")).json()["items"] == []
    assert (await call(RIDERS, "GET", path + "?topic=probe.other.thing")).json()["items"] == []


async def test_a_deleted_hook_is_gone_with_its_log(call, receiver):
    hook = await call.create(receiver.url)
    path = f"/{hook['id']}"
    sent = (await call(RIDERS, "POST", path + "/tests")).json()

    gone = await call(RIDERS, "DELETE", path, If_Match='"1"')
    again = await call(RIDERS, "DELETE", path, If_Match='"1"')

    assert (gone.status_code, again.status_code) == (204, 404)
    assert (await call(RIDERS, "GET", f"{path}/deliveries/{sent['id']}")).status_code == 404


async def test_a_client_has_a_bounded_number_of_hooks(call, receiver, monkeypatch):
    monkeypatch.setattr(hooks, "MOST_HOOKS", 1)
    await call.create(receiver.url)

    answer = await call(RIDERS, "POST", "", {"url": receiver.url, "topics": [NOTE]})

    assert answer.status_code == 409
