"""Is what was restored whole?  Rows, revisions, audit chains, sealed values, attachments."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from deploy.addresses import SERVICES
from deploy.backup.marks import Mark, count_rows
from deploy.restore.plan import Plan
from deploy.restore.recover import Recovered
from deploy.restore.sealed import open_sample
from services.chassis.data.audit_chain import parse_anchor
from services.chassis.data.audit_verify import verify
from services.chassis.data.keys import load_sealer
from services.chassis.edge.key_files import FileKeys
from services.chassis.kernel.wrapping import KeysUnusable

# Tables that are only ever added to: what a mark counted in them can only have become more.
GROWING = ("audit", "audit_seals")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, in a sentence, and whether it is as it should be."""

    is_good: bool
    sentence: str


async def check(found: Recovered, keys: Path, files: Path) -> list[Finding]:
    findings: list[Finding] = []
    with psycopg.connect(found.url("postgresql"), autocommit=True) as connection:
        findings += rows(connection, found.plan)
        findings += attachments(connection, found.plan, files)
    engine = create_async_engine(found.url("postgresql+asyncpg"))
    try:
        for service in SERVICES:
            findings.append(await _chain(engine, service, found.plan.mark))
            findings += await _secrets(engine, service, keys)
    finally:
        await engine.dispose()
    return findings


def rows(connection: psycopg.Connection, plan: Plan) -> Iterator[Finding]:
    """Equal to the mark where it is exact and the target; else what only grows has grown."""
    counts, mark = count_rows(connection), plan.mark
    total = sum(counts.values())
    if mark is None:
        yield Finding(True, f"行数 rows: {total}（没有标记可比 no mark to compare with）")
    elif plan.is_at_mark and mark.exact:
        other = {name for name in counts | mark.counts if counts.get(name) != mark.counts.get(name)}
        told = ", ".join(
            f"{name} {mark.counts.get(name)} → {counts.get(name)}" for name in sorted(other)
        )
        yield Finding(not other, f"行数与标记相同 rows as marked: {len(counts)} 表 {total} {told}")
    else:
        names = [name for name in mark.counts if name.partition(".")[2] in GROWING]
        fewer = [name for name in names if counts.get(name, 0) < mark.counts[name]]
        told = f"{total}, {', '.join(fewer)}" if fewer else f"{total}"
        yield Finding(not fewer, f"行数不少于标记 rows no fewer than marked: {told}")


def attachments(connection: psycopg.Connection, plan: Plan, files: Path) -> Iterator[Finding]:
    """Every row's file, read from end to end; no more may be absent than when it was marked."""
    for service in SERVICES:
        query = SQL("select path, sha256 from {}.attachments").format(Identifier(service))
        known = connection.execute(query).fetchall()
        found = [(_hash(files / service / path), bytes(digest)) for path, digest in known]
        absent = sum(not have for have, _ in found)
        damaged = sum(bool(have) and have != digest for have, digest in found)
        meant = plan.mark.absent.get(service, 0) if plan.mark else 0
        lost = max(0, absent - meant) if plan.is_at_mark else 0
        told = f"{len(known)}, 已按规定删除 removed {absent - lost}"
        good = lost == damaged == 0
        yield Finding(
            good, f"附件 attachments of {service}: {told}, 缺 lost {lost}, 坏 bad {damaged}"
        )


async def _chain(engine: AsyncEngine, service: str, mark: Mark | None) -> Finding:
    tables = _tables(service)
    anchor = mark.anchors.get(service) if mark else None
    async with engine.connect() as connection:
        found = await verify(
            connection, tables.audit, tables.audit_seals, parse_anchor(anchor) if anchor else None
        )
    told = "；".join(found.problems[:3]) or f"{found.batches} 批 {found.rows} 条"
    held = "，与锚点相符 and holds the anchor" if anchor and found.intact else ""
    return Finding(found.intact, f"审计链 audit chain of {service}: {told}{held}")


async def _secrets(engine: AsyncEngine, service: str, keys: Path) -> list[Finding]:
    try:
        wrapping = FileKeys(keys / "kek.json")
        sealer = await load_sealer(engine, _tables(service).data_keys, wrapping)
    except KeysUnusable as error:
        return [Finding(False, f"密钥打不开数据 the keys do not open {service}: {error}")]
    findings = []
    async with engine.connect() as connection:
        for one in import_module(f"services.{service}.store.byte_columns").COLUMNS.sealed:
            opened, broken = await open_sample(connection, sealer, one)
            told = f"{opened} 个可解 opened, {broken} 个不可解 not"
            findings.append(Finding(broken == 0, f"加密列 sealed {one.column}: {told}"))
    return findings


def _tables(service: str) -> Any:
    return import_module(f"services.{service}.store.tables").CHASSIS


def _hash(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
