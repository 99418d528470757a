"""``/readyz`` names what is wrong, in words and without secrets; ``/livez`` stays up (OPS-03)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from services.chassis.edge.key_files import new_key_file
from services.membership.app import create_app
from services.membership.settings import Settings
from tests.clusters import TestDatabase
from tests.key_rig import own_keys
from tests.people import LI
from tests.vouching import vouch

FINE = [
    *("database", "migrations", "keys", "signing-key", "calendar"),
    *("writable", "disk", "audit-sealing", "worker"),
]


@pytest.fixture
def keys(keys_dir: Path, tmp_path: Path) -> Path:
    return own_keys(keys_dir, tmp_path)


@asynccontextmanager
async def service(
    database: TestDatabase, keys: Path, **more: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Membership as it starts on a machine that may be in any state."""
    told: dict[str, Any] = {
        "database_url": database.url("membership"),
        "private_key": keys / "membership.jwk",
        "trust": keys / "trust.jwks",
        "keys": keys / "kek.json",
        "webhook_secret_file": keys / "webhook.secret",
        "data_dir": keys,
        "key_poll": 0.1,
    }
    app = create_app(Settings(**(told | more)))
    transport = httpx.ASGITransport(app)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://membership") as client,
    ):
        yield client


async def standing(client: httpx.AsyncClient) -> tuple[int, dict[str, str]]:
    """The status, and what is wrong by the name of its check."""
    answer = await client.get("/readyz")
    checks = answer.json()["checks"]
    assert [check["check"] for check in checks] == FINE
    assert (await client.get("/livez")).status_code == 200
    return answer.status_code, {c["check"]: c["detail"] for c in checks if not c["ok"]}


def change(database: TestDatabase, statement: str) -> None:
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(statement)  # type: ignore[arg-type]


async def test_a_service_with_all_it_needs_is_ready(database, keys):
    async with service(database, keys) as client:
        assert await standing(client) == (200, {})


async def test_a_wrong_wrapping_key_is_named_and_mended_without_a_restart(database, keys):
    async with service(database, keys):
        right = (keys / "kek.json").read_bytes()
    (keys / "kek.json").write_bytes(new_key_file())

    async with service(database, keys) as client:
        wrong = await standing(client)
        asked = await client.post(
            "/v1/members/searches", headers=vouch(keys, "membership")(LI), json={"text": "1380"}
        )
        (keys / "kek.json").write_bytes(right)
        await asyncio.sleep(0.4)
        mended = await standing(client)

    detail = "数据密钥无法使用：data key 2: the wrapping key kek-1 does not fit。"
    assert wrong == (503, {"keys": detail})
    assert (asked.status_code, asked.json()["type"]) == (503, "/problems/unavailable")
    assert "retry-after" in asked.headers
    assert mended == (200, {})


async def test_an_unreachable_database_is_named(database, keys):
    nowhere = "postgresql+asyncpg://membership_app:very-secret@127.0.0.1:1/nothing"

    async with service(database, keys, database_url=nowhere) as client:
        status, wrong = await standing(client)

    assert status == 503
    assert wrong["database"] == "数据库无法连接（ConnectionRefusedError）。"
    assert {"keys", "migrations"} <= wrong.keys()
    assert "very-secret" not in str(wrong)


async def test_migrations_left_out_are_named(database, keys):
    change(database, "update membership.alembic_version set version_num = '0001_create_membership'")

    async with service(database, keys) as client:
        status, wrong = await standing(client)

    assert status == 503
    assert wrong["migrations"].startswith("数据库结构停在 0001_create_membership，程序需要 0")


async def test_a_missing_signing_key_is_named(database, keys):
    async with service(database, keys) as client:
        (keys / "membership.jwk").unlink()
        found = await standing(client)

    assert found == (503, {"signing-key": "本服务的签名密钥文件不存在或无法读取。"})


async def test_a_read_only_database_is_a_warning(database, keys):
    async with service(database, keys):
        pass
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"alter database {name} set default_transaction_read_only = on")  # type: ignore[arg-type]

    async with service(database, keys) as client:
        found = await standing(client)

    assert found == (200, {"writable": "数据库目前只读，可以查询，不能办理。"})


async def test_work_that_nobody_takes_is_a_warning(database, keys):
    change(
        database,
        "insert into membership.jobs (id, kind, subject, actor, due_at, created_at) values "
        "(gen_random_uuid(), 'x', gen_random_uuid(), '{}', now() - interval '3 minutes', now())",
    )

    async with service(database, keys) as client:
        found = await standing(client)

    assert found == (200, {"worker": "后台任务超过两分钟无人领取，请检查任务进程。"})


async def test_a_stalled_sealing_is_a_warning_and_a_figure(database, keys):
    old = timedelta(hours=1)
    change(database, "create table membership.hold (id int)")
    with psycopg.connect(database.admin_url) as holding:
        holding.execute("insert into membership.hold values (1)")  # an older transaction, open
        change(
            database,
            "insert into membership.audit (id, at, action, subject_kind, actor_kind) values "
            f"(gen_random_uuid(), now() - interval '{old}', 'x', 'y', 'system')",
        )
        async with service(database, keys) as client:
            status, wrong = await standing(client)
            await asyncio.sleep(0.1)
            figures = (await client.get("/metrics")).text

    assert status == 200
    assert wrong["audit-sealing"].startswith("审计记录自 ")
    assert 'check_ok{check="audit-sealing",part="membership"} 0.0' in figures
    assert 'audit_unsealed_seconds{part="membership"} 36' in figures
