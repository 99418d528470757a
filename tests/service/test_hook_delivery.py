"""Facts reach clients' hooks: signed, in time, for days if need be, and to whom may hear them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook

from services.chassis.data import hooks
from services.chassis.data.hook_queue import EACH, put
from services.chassis.data.store import open_store
from services.chassis.kernel.hooks import DISABLE_AFTER, SCHEDULE, Filter, Reach
from tests import people, probe
from tests.clusters import TestDatabase
from tests.hooks_rig import OTHERS, RIDERS, Clock, Rig, eventually, rigged

A, B = UUID(int=0xA), UUID(int=0xB)
HOURS = timedelta(hours=1)


@pytest.fixture
async def rig(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    settings = probe.settings(probe.create_schema(database.admin_url), keys_dir, tmp_path)
    clock = Clock()
    store = await open_store(settings, "probe", probe.TABLES, {}, clock)
    async with rigged(store, clock) as made:
        yield made
    await store.close()


async def test_a_fact_arrives_thin_and_signed(rig):
    hook = await rig.hook()
    await rig.tell(A)
    await rig.step()

    (path, headers, body), (due,) = rig.receiver.got[0], await rig.rows("webhook_deliveries")
    event = orjson.loads(body)
    async with rig.store.begin(RIDERS) as tx:
        secret = hooks.secrets_of(tx.sealer, await hooks.find(tx, hook), tx.now)[0].value
    signed = Webhook(secret).sign(headers["webhook-id"], rig.clock.now, body.decode())
    assert path == "/in"
    assert event == {
        "specversion": "1.0",
        "id": headers["webhook-id"],
        "source": "/probe",
        "type": "probe.note.written",
        "subject": str(A),
        "time": "2026-03-02T01:00:00+00:00",
        "datacontenttype": "application/json",
        "sequence": due.event_seq,
        "data": {"union_id": str(people.TOWN), "link": None},
    }
    assert headers["webhook-signature"] == signed
    assert headers["webhook-timestamp"] == str(int(rig.clock.now.timestamp()))
    assert (due.state, due.attempts, due.last_status) == ("delivered", 1, 204)


async def test_only_facts_of_the_clients_union_and_filter_arrive(rig):
    await rig.hook("/town")
    await rig.hook("/other", OTHERS)
    await rig.hook("/county", people_client("county", people.COUNTY, people.COUNTY_PATH))
    only_town = Filter(people.TOWN, Reach.ONLY)
    await rig.hook("/only", people_client("only", people.COUNTY, people.COUNTY_PATH), only_town)
    await rig.tell(A, union=people.TOWN)
    await rig.tell(B, union=people.COUNTY)
    await rig.tell(uuid4(), union=uuid4())

    await rig.step()

    got = {(path, orjson.loads(body)["subject"]) for path, _, body in rig.receiver.got}
    assert got == {("/town", str(A)), ("/county", str(A)), ("/county", str(B)), ("/only", str(A))}


def people_client(name, union, path):
    return RIDERS.__class__(
        RIDERS.kind,
        UUID(int=9),
        name,
        union,
        path,
        client=name,
        scopes=RIDERS.scopes,
    )


async def test_a_union_that_was_moved_away_is_not_told_any_more(rig):
    rig.receiver.status = 500
    await rig.hook()
    await rig.tell(A)
    await rig.step()
    rig.places.paths[people.TOWN] = "elsewhere/"
    rig.receiver.status = 204
    rig.places.paths[UUID(int=0xC1)] = people.TOWN_PATH
    async with rig.store.begin() as tx:
        table = rig.store.tables.webhooks
        await tx.session.execute(update(table).values(union_id=UUID(int=0xC1)))

    rig.clock.now += timedelta(seconds=10)
    await rig.step()

    (due,) = await rig.rows("webhook_deliveries")
    assert (due.state, len(rig.receiver.got)) == ("withheld", 1)


async def test_a_receiver_that_is_down_for_72_hours_gets_everything_in_the_end(rig):
    rig.receiver.status = 500
    await rig.hook()
    await rig.tell(A, A, B)
    await rig.pass_time(timedelta(seconds=10), timedelta(seconds=1))
    await rig.pass_time(72 * HOURS, 2 * HOURS)
    rig.receiver.status = 204
    ids_down = set(rig.receiver.ids)

    await rig.pass_time(24 * HOURS, 2 * HOURS)

    states = [(row.subject, row.state) for row in await rig.rows("webhook_deliveries")]
    assert states == [(A, "delivered"), (A, "delivered"), (B, "delivered")]
    by_subject = [orjson.loads(body)["sequence"] for _, _, body in rig.receiver.got[-3:]]
    assert sorted(by_subject) == [1, 2, 3]
    assert len(ids_down) == 2, "the second fact about a subject waits for its first"
    (hook,) = await rig.rows("webhooks")
    assert (hook.state, hook.failing_since, hook.warned_at) == ("active", None, None)


async def test_attempts_keep_the_published_schedule(rig):
    rig.receiver.status = 500
    await rig.hook()
    await rig.tell(A)
    await rig.step()
    pauses, last = [], rig.clock.now
    for planned in SCHEDULE[1:]:
        (due,) = await rig.rows("webhook_deliveries")
        pauses.append((due.due_at - last) / planned)
        rig.clock.now = last = due.due_at
        await rig.step()

    (due,) = await rig.rows("webhook_deliveries")
    assert all(1 <= pause <= 1.1 for pause in pauses)
    assert len(set(pauses)) > 1, "pauses are spread"
    assert (due.state, due.attempts, len(set(rig.receiver.ids))) == ("dead", 10, 1)


async def test_a_dead_letter_is_sent_again_under_the_same_id(rig):
    await test_attempts_keep_the_published_schedule(rig)
    rig.receiver.status = 204
    (due,) = await rig.rows("webhook_deliveries")
    async with rig.store.begin(RIDERS) as tx:
        outbox = rig.store.tables.outbox
        query = select(rig.store.tables.webhook_deliveries, outbox.c.seq).join(outbox)
        await put(tx, await tx.rows(query), again=True)

    await rig.step()

    (due,) = await rig.rows("webhook_deliveries")
    assert (due.state, len(set(rig.receiver.ids)), len(rig.receiver.ids)) == ("delivered", 1, 11)


async def test_a_slow_receiver_delays_nobody_else(rig):
    rig.receiver.stuck = {"/slow"}
    await rig.hook("/slow")
    await rig.hook("/quick")
    await rig.tell(*(uuid4() for _ in range(3 * EACH)))

    async def quick_has_all() -> bool:
        await rig.courier_round()
        return [path for path, _, _ in rig.receiver.got].count("/quick") == 3 * EACH

    await eventually(quick_has_all)
    assert [path for path, _, _ in rig.receiver.got].count("/slow") <= 2 * EACH


async def test_a_busy_receiver_is_left_alone_for_as_long_as_it_asks(rig):
    rig.receiver.status, rig.receiver.headers = 429, {"Retry-After": "3600"}
    await rig.hook()
    await rig.tell(A, B)
    await rig.step()
    rig.receiver.status = 204
    await rig.pass_time(timedelta(minutes=58), timedelta(minutes=10))
    before = len(rig.receiver.got)

    await rig.pass_time(timedelta(minutes=4))

    assert before == 2
    assert {row.state for row in await rig.rows("webhook_deliveries")} == {"delivered"}


async def test_a_redirect_is_a_failure_and_is_not_followed(rig):
    rig.receiver.status, rig.receiver.headers = 307, {"Location": rig.receiver.url + "/moved"}
    await rig.hook()
    await rig.tell(A)

    await rig.step()

    (due,) = await rig.rows("webhook_deliveries")
    assert (due.state, due.last_status, [p for p, _, _ in rig.receiver.got]) == (
        "waiting",
        307,
        ["/in"],
    )


async def test_gone_disables_the_hook_at_once(rig):
    rig.receiver.status = 410
    await rig.hook()
    await rig.tell(A)
    await rig.step()

    (hook,) = await rig.rows("webhooks")
    assert (hook.state, hook.disabled_reason) == ("disabled", "gone")
    await rig.tell(B)
    await rig.pass_time(HOURS)
    assert len(rig.receiver.got) == 1


async def test_the_owner_is_warned_after_a_day_and_the_hook_disabled_after_five(rig):
    rig.receiver.status = 500
    await rig.hook()
    await rig.tell(A)
    await rig.step()
    for _ in range(12):
        await rig.pass_time(12 * HOURS, 12 * HOURS)
        await rig.tell(uuid4())
        (hook,) = await rig.rows("webhooks")
        if hook.warned_at is None:
            assert rig.clock.now - hook.failing_since < timedelta(hours=37)
        if hook.state == "disabled":
            break

    audit = await rig.rows("audit")
    said = {row.action for row in audit if row.subject == hook.id}
    assert (hook.state, hook.disabled_reason) == ("disabled", "failing")
    assert hook.disabled_at - hook.failing_since >= DISABLE_AFTER
    assert {"webhook.created", "webhook.warned", "webhook.disabled"} <= said


async def test_rotated_secrets_both_sign_until_the_old_one_expires(rig):
    hook_id = await rig.hook()
    async with rig.store.begin(RIDERS) as tx:
        hook = await hooks.lock(tx, hook_id)
        (old,) = hooks.secrets_of(tx.sealer, hook, tx.now)
        new, until = await hooks.rotate(tx, hook, 24 * HOURS)
    await rig.tell(A)
    await rig.step()
    rig.clock.now = until + timedelta(seconds=1)
    await rig.tell(B)
    await rig.step()

    (_, both, body), (_, alone, later) = rig.receiver.got
    at = probe.TODAY
    pair = [Webhook(s).sign(both["webhook-id"], at, body.decode()) for s in (new, old.value)]
    assert both["webhook-signature"].split() == pair
    assert alone["webhook-signature"] == Webhook(new).sign(
        alone["webhook-id"], rig.clock.now, later.decode()
    )


async def test_the_log_keeps_what_was_sent_and_answered_without_personal_data(rig):
    rig.receiver.status, rig.receiver.body = 422, "会员张三 13812345678 不存在 " + "x" * 9000
    await rig.hook()
    await rig.tell(A)
    await rig.step()

    (attempt,) = await rig.rows("webhook_attempts")
    assert (attempt.status, attempt.number) == (422, 1)
    assert "张三" not in attempt.answer
    assert "13812345678" not in attempt.answer
    assert len(attempt.answer) <= 500
    assert set(attempt.request_headers) == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
    }
    assert orjson.loads(attempt.request_body)["subject"] == str(A)


async def test_a_courier_that_dies_after_the_post_sends_the_same_id_again(rig):
    await rig.hook()
    await rig.tell(A)
    rig.receiver.stuck = {"/in"}
    await rig.courier_round()
    await rig.receiver.has(1)
    await rig.courier.close()
    rig.receiver.stuck = set()

    rig.clock.now += timedelta(seconds=61)
    await rig.step()

    assert len(rig.receiver.ids) == 2
    assert len(set(rig.receiver.ids)) == 1
    (due,) = await rig.rows("webhook_deliveries")
    assert due.state == "delivered"
