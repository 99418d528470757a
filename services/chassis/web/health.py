"""What must hold before a service is ready, and what an operator should be warned of."""

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import exists, select, text

from services.chassis.data.audit_clock import AuditStanding, audit_standing
from services.chassis.data.tx import Store
from services.chassis.edge.health import Check, calendar_check
from services.chassis.edge.trust import load_key
from services.chassis.kernel.calendar import shanghai_date
from services.chassis.kernel.calendar_days import shipped
from services.chassis.kernel.clock import utc_now

HISTORY = Path(__file__).resolve().parents[3] / "migrations"
SEALED_WITHIN = timedelta(minutes=5)
TAKEN_WITHIN = timedelta(minutes=2)
LEAST_SPACE = 512 * 1024 * 1024
LEAST_SHARE = 0.05


def checks(app: FastAPI, name: str) -> dict[str, Check]:
    """Without any of these the service cannot do its work."""
    head = max((file.stem for file in (HISTORY / name).glob("[0-9]*.py")), default="")
    query = text(f"select version_num from {name}.alembic_version")  # noqa: S608 -- our own name

    async def database() -> str | None:
        try:
            async with _store(app).reads.connect() as connection:
                await connection.execute(text("select 1"))
        except Exception as error:  # whatever it is, nothing can be read
            return f"数据库无法连接（{type(error).__name__}）。"
        return None

    async def migrations() -> str | None:
        async with _store(app).reads.connect() as connection:
            at = await connection.scalar(query)
        # Histories are numbered, and the release before this one works on what is newer: while a
        # new release starts beside it, neither may call itself unready.
        return None if at and at >= head else f"数据库结构停在 {at}，程序需要 {head}。"

    async def keys() -> str | None:
        keyring = _store(app).keyring
        trouble = keyring.trouble if keyring is not None else ""
        return f"数据密钥无法使用：{trouble}。" if trouble else None

    async def signing_key() -> str | None:
        try:
            await asyncio.to_thread(load_key, app.state.settings.private_key)
        except (OSError, ValueError):
            return "本服务的签名密钥文件不存在或无法读取。"
        return None

    return {
        "database": database,
        "migrations": migrations,
        "keys": keys,
        "signing-key": signing_key,
        "calendar": calendar_check(lambda: shipped().published, lambda: shanghai_date(utc_now())),
    }


def warnings(app: FastAPI) -> dict[str, Check]:
    """With any of these something is about to go wrong, or already does in part."""

    async def writable() -> str | None:
        async with _store(app).reads.connect() as connection:
            held = await connection.scalar(text("show transaction_read_only"))
        return "数据库目前只读，可以查询，不能办理。" if held == "on" else None

    async def disk() -> str | None:
        left = await asyncio.to_thread(_space_left, app.state.settings.data_dir)
        return None if left is None else f"数据目录所在的磁盘只剩 {left // 1024 // 1024} MB。"

    async def sealing() -> str | None:
        store = _store(app)
        return _sealing_trouble(await sealing_of(store), store.clock())

    async def worker() -> str | None:
        return await _silent_worker(_store(app))

    return {"writable": writable, "disk": disk, "audit-sealing": sealing, "worker": worker}


async def sealing_of(store: Store) -> AuditStanding:
    async with store.reads.connect() as connection:
        return await audit_standing(connection, store.tables.audit, store.tables.audit_seals)


def _sealing_trouble(standing: AuditStanding, now: datetime) -> str | None:
    """Why the audit is not being sealed, if it is not."""
    if standing.is_ahead:
        return "审计记录的序号超前于数据库，可能刚从逻辑备份恢复：请执行 recover_audit。"
    since = standing.unsealed_since
    if since is not None and now - since > SEALED_WITHIN:
        return f"审计记录自 {since:%Y-%m-%d %H:%M} UTC 起没有封存。"
    return None


async def _silent_worker(store: Store) -> str | None:
    """Work waits, and nobody is at work: busy workers prolong their leases."""
    jobs, now = store.tables.jobs.c, store.clock()
    waits = exists().where(jobs.state == "queued", jobs.due_at < now - TAKEN_WITHIN)
    works = exists().where(jobs.state == "running", jobs.leased_until > now)
    async with store.reads.connect() as connection:
        is_silent = await connection.scalar(select(waits & ~works))
    return "后台任务超过两分钟无人领取，请检查任务进程。" if is_silent else None


def _space_left(folder: Path) -> int | None:
    """Bytes, when they are few."""
    there = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    usage = shutil.disk_usage(there)
    is_little = usage.free < LEAST_SPACE or usage.free < usage.total * LEAST_SHARE
    return usage.free if is_little else None


def _store(app: FastAPI) -> Store:
    store: Store = app.state.store
    return store
