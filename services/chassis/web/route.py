"""The route class of every service: one request, one transaction, one answer.

It begins the transaction when something asks for it, commits before the answer leaves, keeps
only what must outlive a refusal, carries the whole route out again after a serialization failure
or a deadlock, and answers a repeated request with the first answer.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.chassis.data import idempotency
from services.chassis.data.sealed import KeyUnknown
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.refusals import (
    Malformed,
    PreconditionRequired,
    Refusal,
    Unauthenticated,
    Unavailable,
)
from services.chassis.web.answers import problem_response, replayed, wrong_input
from services.chassis.web.context import Caller, caller_of
from services.chassis.web.documented import documented
from services.chassis.web.unit import AnsweredBefore, Unit

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

TRIES = 3
AGAIN = {"40001", "40P01"}  # serialization failure, deadlock
# 42501: a right is gone, such as that to write the audit, and nothing goes unaudited (PII-05).
DOWN = {
    "42501",
    "53100",
    "53200",
    "53300",
    "25006",
    "57P01",
    "57P02",
    "57P03",
    "08006",
    "55P03",
    "57014",
}
SAFE = {"GET", "HEAD"}


class UnitRoute(APIRoute):
    """Use as ``route_class`` of every router."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.openapi_extra = documented(self.openapi_extra, _marks(self.dependant))

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        marks = _marks(self.dependant)

        async def carry_out(request: Request) -> Response:
            caller = caller_of(request)
            try:
                _admit(caller, marks, request)
                same = await _same(request, caller, marks)
            except Refusal as refusal:
                return problem_response(refusal, caller.origin.request_id)
            return await _try(handle, request, caller, same)

        return carry_out


async def _try(
    handle: Handler, request: Request, caller: Caller, same: idempotency.Request | None
) -> Response:
    for attempt in range(1, TRIES + 1):
        unit = Unit(request.app.state.store, caller.actor, caller.origin, same)
        request.state.unit = unit
        try:
            return await _once(handle, request, unit)
        except KeyUnknown:
            await _quietly(unit.roll_back())
            if attempt == TRIES or (keyring := unit.store.keyring) is None:
                raise
            await keyring.catch_up()
        except (DBAPIError, PoolTimeout, OSError) as error:
            await _quietly(unit.abandon() if _is_deaf(error) else unit.roll_back())
            if not (_state(error) in AGAIN and attempt < TRIES):
                return problem_response(_unavailable(error), caller.origin.request_id)
        finally:
            await _quietly(unit.close())
        await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 -- jitter, no secret
    raise AssertionError("the last attempt returns")


async def _once(handle: Handler, request: Request, unit: Unit) -> Response:
    try:
        response = await handle(request)
        await unit.commit(response)
    except AnsweredBefore as before:
        return replayed(before.answer)
    except RequestValidationError as error:
        return problem_response(wrong_input(error), unit.origin.request_id)
    except Refusal as refusal:
        response = problem_response(refusal, unit.origin.request_id)
        await unit.refuse(refusal, response)
    return response


def _marks(dependant: Dependant) -> frozenset[str]:
    """What the route's dependencies say of it: ``public``, ``idempotent``, ``versioned``."""
    found = {getattr(dependant.call, "marks", "")}
    for below in dependant.dependencies:
        found |= _marks(below)
    return frozenset(found - {""})


def _admit(caller: Caller, marks: frozenset[str], request: Request) -> None:
    """A stranger is refused before the body is looked at."""
    if caller.actor.kind is Kind.ANONYMOUS and "public" not in marks:
        raise Unauthenticated("请先登录。")
    if "idempotent" in marks and "idempotency-key" not in request.headers:
        raise Malformed("缺少 Idempotency-Key 请求头：请为每次提交生成一个 16 至 64 位的唯一值。")
    if "versioned" in marks and "if-match" not in request.headers:
        raise PreconditionRequired(
            "缺少 If-Match 请求头：请先读取最新内容，再带上其 ETag 提交修改。"
        )


async def _same(
    request: Request, caller: Caller, marks: frozenset[str]
) -> idempotency.Request | None:
    key = request.headers.get("idempotency-key", "").strip().strip('"')
    if request.method in SAFE or not key or "keyless" in marks:
        return None
    if not (16 <= len(key) <= 64 and key.isascii() and key.isprintable() and " " not in key):
        raise Malformed("Idempotency-Key 应为 16 至 64 位的可见字符，请重新生成。")
    streamed = request.headers.get("content-type", "").startswith("multipart/")
    body = b"" if streamed else await request.body()
    # As it was sent: an address may hold what a column of text cannot.
    route = f"{request.method} {quote(request.url.path)}"
    return idempotency.Request(caller.key, route, key, idempotency.fingerprint(body))


def _state(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", "") or "")


def _is_deaf(error: Exception) -> bool:
    """The database did not answer, and would answer a rollback no sooner."""
    return isinstance(error, TimeoutError) and not isinstance(error, PoolTimeout)


def _unavailable(error: Exception) -> Refusal:
    """A database that cannot serve now is no fault of the request; anything else is ours."""
    connection_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    known = _state(error) in DOWN | AGAIN or connection_lost
    if known or isinstance(error, PoolTimeout | OSError):
        return Unavailable("系统正忙或正在维护，您填写的内容没有丢失，请稍后再试。", retry_after=5)
    raise error


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """End a unit whose connection may be gone already."""
    try:
        await work
    except (DBAPIError, OSError):
        return
