"""One request, one transaction, one answer: what every operation of every service promises."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from services.chassis.edge.settings import ServiceSettings
from tests import probe
from tests.clusters import TestDatabase
from tests.people import CHEN, LI, QIAN, ZHAO
from tests.vouching import vouch

KEY = "a-key-of-sixteen-or-more"


@dataclass
class Probe:
    client: httpx.AsyncClient
    admin_url: str
    as_: object

    def count(self, query: str) -> int:
        with psycopg.connect(self.admin_url) as connection:
            return connection.execute(query).fetchone()[0]


@pytest.fixture
def settings(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> ServiceSettings:
    return probe.settings(probe.create_schema(database.admin_url), keys_dir, tmp_path)


@pytest.fixture
async def notes(
    settings: ServiceSettings, database: TestDatabase, keys_dir: Path
) -> AsyncIterator[Probe]:
    app = probe.create_app(settings, tells={"probe.note.written": ("elsewhere",)})
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://probe/v1") as client,
    ):
        yield Probe(client, database.admin_url, vouch(keys_dir, "probe", probe.TODAY))


async def test_a_write_commits_its_row_its_audit_its_fact_and_its_answer(notes):
    response = await notes.client.post(
        "/notes", json={"text": "一"}, headers=notes.as_(LI, idempotency_key=KEY)
    )

    assert response.status_code == 201
    assert response.json() == {"id": response.json()["id"], "text": "一", "version": 1}
    assert UUID(response.json()["id"]).version == 7
    for table in ("notes", "outbox", "deliveries", "idempotency"):
        assert notes.count(f"select count(*) from probe.{table}") == 1, table
    assert notes.count("select count(*) from probe.audit where actor_name = '李经办'") == 1


async def test_a_stranger_is_turned_away_before_the_body_is_read(notes):
    headers = notes.as_() | {"content-type": "application/json"}

    refused = await notes.client.post("/notes", content=b"{broken", headers=headers)
    unvouched = await notes.client.post("/notes", content=b"{broken")

    assert (refused.status_code, unvouched.status_code) == (401, 401)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json() == {
        "type": "/problems/unauthenticated",
        "title": "请先登录",
        "status": 401,
        "detail": "请先登录。",
        "request_id": "test-request-0001",
    }


async def test_a_public_operation_is_open_to_strangers(notes):
    assert (await notes.client.get("/notes/count", headers=notes.as_())).json() == 0


async def test_the_wrong_role_is_refused_and_the_refusal_is_audited(notes):
    response = await notes.client.post(
        "/notes", json={"text": "一"}, headers=notes.as_(QIAN, idempotency_key=KEY)
    )

    assert response.status_code == 403
    assert response.json()["detail"] == "需要“经办”角色才能办理，请联系本级工会的安全员授权。"
    assert notes.count("select count(*) from probe.audit where outcome = 'refused'") == 1
    assert notes.count("select count(*) from probe.notes") == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{broken", 400),
        (b"[]", 422),
        (b'{"text": 1}', 422),
        (b'{"text": "a", "admin": true}', 422),
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": "\\u0000"}', 422),
        (b'{"text": NaN}', 422),
        (b"\xff\xfe", 400),
        (b"[" * 50_000, 400),
    ],
)
async def test_input_that_does_not_fit_is_refused_and_never_echoed(notes, body, status):
    headers = notes.as_(LI, idempotency_key=KEY) | {"content-type": "application/json"}

    response = await notes.client.post("/notes", content=body, headers=headers)

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"


async def test_the_same_request_twice_has_one_effect_and_the_same_answer(notes):
    async def send() -> httpx.Response:
        return await notes.client.post(
            "/notes", json={"text": "一"}, headers=notes.as_(LI, idempotency_key=KEY)
        )

    answers = await asyncio.gather(*(send() for _ in range(5)))

    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert [a.headers.get("idempotent-replayed") for a in answers].count("true") == 4
    assert notes.count("select count(*) from probe.notes") == 1


async def test_the_same_key_with_another_body_is_refused(notes):
    await notes.client.post(
        "/notes", json={"text": "一"}, headers=notes.as_(LI, idempotency_key=KEY)
    )

    other = await notes.client.post(
        "/notes", json={"text": "二"}, headers=notes.as_(LI, idempotency_key=KEY)
    )
    another_caller = await notes.client.post(
        "/notes", json={"text": "二"}, headers=notes.as_(ZHAO, idempotency_key=KEY)
    )

    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert another_caller.status_code == 201


async def test_a_missing_or_poor_key_is_refused(notes):
    missing = await notes.client.post("/notes", json={"text": "一"}, headers=notes.as_(LI))
    poor = await notes.client.post(
        "/notes", json={"text": "一"}, headers=notes.as_(LI, idempotency_key="short")
    )

    assert (missing.status_code, poor.status_code) == (400, 400)


async def test_a_refusal_keeps_nothing_but_is_itself_remembered(notes):
    headers = notes.as_(LI, idempotency_key=KEY)
    first = await notes.client.post("/notes", json={"text": "already there"}, headers=headers)
    again = await notes.client.post("/notes", json={"text": "already there"}, headers=headers)

    assert (first.status_code, again.status_code) == (409, 409)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert notes.count("select count(*) from probe.notes") == 0
    assert notes.count("select count(*) from probe.outbox") == 0


async def test_an_unexpected_failure_keeps_nothing_and_says_nothing(notes):
    response = await notes.client.post(
        "/notes", json={"text": "boom"}, headers=notes.as_(LI, idempotency_key=KEY)
    )

    assert response.status_code == 500
    assert "boom" not in response.text
    assert "3205" not in response.text
    for table in ("notes", "outbox", "audit", "idempotency"):
        assert notes.count(f"select count(*) from probe.{table}") == 0, table


async def test_what_must_outlive_a_refusal_is_kept(notes):
    response = await notes.client.post("/notes/attempts", headers=notes.as_(CHEN))

    assert response.status_code == 409
    assert notes.count("select count(*) from probe.notes where text = 'failed attempt'") == 1
    assert notes.count("select count(*) from probe.notes where text = 'half a step'") == 0


async def test_two_editors_the_second_is_told(notes):
    made = await notes.client.post(
        "/notes", json={"text": "一"}, headers=notes.as_(LI, idempotency_key=KEY)
    )
    url = f"/notes/{made.json()['id']}"

    first = await notes.client.put(url, json={"text": "二"}, headers=notes.as_(LI, if_match='"1"'))
    second = await notes.client.put(url, json={"text": "三"}, headers=notes.as_(LI, if_match='"1"'))
    blind = await notes.client.put(url, json={"text": "四"}, headers=notes.as_(LI))

    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (second.status_code, second.json()["type"]) == (412, "/problems/stale")
    assert (blind.status_code, blind.json()["type"]) == (428, "/problems/precondition-required")


async def test_a_list_is_read_page_by_page_without_gaps(notes):
    with psycopg.connect(notes.admin_url) as connection:
        connection.execute(
            "insert into probe.notes (id, text, version) select gen_random_uuid(), 'n' || i % 3, 1"
            " from generate_series(1, 7) i"
        )
    seen, after = [], None
    while True:
        query = {"limit": 3} | ({"after": after} if after else {})
        page = (await notes.client.get("/notes", params=query, headers=notes.as_(LI))).json()
        seen += [item["id"] for item in page["items"]]
        if (after := page["next"]) is None:
            break

    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["zzz", "%00", "YQ", "é", "YR9i", "=" * 20])
async def test_a_made_up_cursor_is_refused(notes, cursor):
    response = await notes.client.get("/notes", params={"after": cursor}, headers=notes.as_(LI))

    assert response.status_code == 422


async def test_the_database_going_away_is_a_503_and_coming_back_is_noticed(notes):
    with psycopg.connect(notes.admin_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )

    statuses = {
        (await notes.client.get("/notes", headers=notes.as_(LI))).status_code for _ in range(3)
    }

    assert statuses <= {200, 503}
    assert (await notes.client.get("/notes", headers=notes.as_(LI))).status_code == 200


async def test_no_route_and_no_method_are_problems_too(notes):
    absent = await notes.client.get("/nothing", headers=notes.as_(LI))
    method = await notes.client.delete("/notes", headers=notes.as_(LI))

    assert (absent.status_code, absent.json()["type"]) == (404, "/problems/not-found")
    assert (method.status_code, method.json()["type"]) == (405, "/problems/method-not-allowed")
    assert set(method.headers["allow"].replace(" ", "").split(",")) == {"GET", "POST"}


async def test_a_refusal_before_the_transaction_is_given_again_under_the_same_key(notes):
    headers = notes.as_(QIAN, idempotency_key=KEY)
    url = "/notes/refused"

    answers = [await notes.client.post(url, headers=headers) for _ in range(2)]

    assert [a.status_code for a in answers] == [403, 403]
    assert notes.count("select count(*) from probe.audit where outcome = 'refused'") == 2
