"""The same request twice: one effect, the same answer.

The record commits with the effect. A lock on (caller, route, key) makes the second of two
simultaneous requests wait for the first one's answer.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ColumnElement

from services.chassis.data.tx import Tx
from services.chassis.kernel.refusals import StillRunning, Unprocessable

REMEMBERED = timedelta(hours=72)
LOCK_NOT_AVAILABLE = "55P03"


class KeyReused(Unprocessable):
    """The same key came with another body."""

    code = "idempotency-key-reused"
    title = "幂等键被用于不同的内容"


@dataclass(frozen=True, slots=True)
class Request:
    """What makes two requests the same: who, what, which key; ``fingerprint`` is of the body."""

    caller: str
    route: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def fingerprint(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


async def earlier_answer(tx: Tx, request: Request) -> Answer | None:
    """The answer given before, once nobody else is at work on it.

    Raises KeyReused for another body, StillRunning when the other takes too long.
    """
    await _wait_for_the_other(tx, request)
    table = tx.store.tables.idempotency
    row = await tx.first(
        select(table.c.fingerprint, table.c.answer).where(
            *_is(tx, request), table.c.expires_at > tx.now
        )
    )
    if row is None:
        return None
    if row.fingerprint != request.fingerprint:
        raise KeyReused("同一个幂等键已用于另一份内容，请为新的内容换一个新的幂等键。")
    kept: Any = tx.sealer.open_json(row.answer, _where(request))
    return Answer(kept["status"], kept["headers"], kept["body"].encode())


async def remember(tx: Tx, request: Request, answer: Answer) -> None:
    """Keep the answer, sealed, in the transaction that had the effect."""
    kept = {"status": answer.status, "headers": answer.headers, "body": answer.body.decode()}
    values = {
        "fingerprint": request.fingerprint,
        "status": answer.status,
        "answer": tx.sealer.seal_json(kept, _where(request)),
        "expires_at": tx.now + REMEMBERED,
    }
    row = insert(tx.store.tables.idempotency).values(
        caller=request.caller, route=request.route, key=request.key, **values
    )
    await tx.session.execute(
        row.on_conflict_do_update(index_elements=["caller", "route", "key"], set_=values)
    )


async def forget_expired(tx: Tx) -> None:
    """Delete what is older than the promise."""
    table = tx.store.tables.idempotency
    await tx.session.execute(delete(table).where(table.c.expires_at <= tx.now))


async def _wait_for_the_other(tx: Tx, request: Request) -> None:
    name = f"{request.caller}\x1f{request.route}\x1f{request.key}".encode()
    lock = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
    try:
        await tx.session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": lock})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise StillRunning("同一请求正在办理，请稍候再查看结果，不必重新提交。") from error


def _is(tx: Tx, request: Request) -> tuple[ColumnElement[bool], ...]:
    c = tx.store.tables.idempotency.c
    return (c.caller == request.caller, c.route == request.route, c.key == request.key)


def _where(request: Request) -> str:
    return f"idempotency:{request.caller}|{request.route}|{request.key}:answer"
