"""What a route may ask for: who is acting, a transaction or reads, a version to match.

A route's signature reads who, facts, transaction, input, and dependencies run in that order.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response

from services.chassis.data.read import Read
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Malformed, Stale
from services.chassis.web.context import Caller, caller_of
from services.chassis.web.unit import Unit

F = TypeVar("F", bound=Callable[..., Any])


def marks(word: str) -> Callable[[F], F]:
    """Let the route class see, without running it, what a dependency asks of a request."""

    def mark(function: F) -> F:
        function.marks = word  # type: ignore[attr-defined]  # functions take attributes
        return function

    return mark


async def read_actor(request: Request) -> Actor:
    return caller_of(request).actor


@marks("public")
async def read_anyone(request: Request) -> Actor:
    return caller_of(request).actor


async def read_caller(request: Request) -> Caller:
    return caller_of(request)


async def begin(request: Request) -> Tx:
    unit: Unit = request.state.unit
    return await unit.begin()


async def reading(request: Request) -> Read:
    """Closed by the route, as the unit is: a dependency that ends something costs its own stack."""
    unit: Unit = request.state.unit
    return unit.reading()


@marks("versioned")
async def read_version(if_match: Annotated[str, Header()]) -> int:
    """The version that the caller read; raises Malformed for what is no ETag of ours."""
    try:
        return int(if_match.strip().removeprefix("W/").strip('"'))
    except ValueError as error:
        raise Malformed("If-Match 应为读取时得到的 ETag。") from error


@marks("idempotent")
async def need_key() -> None:
    """Marks an operation whose Idempotency-Key is required; the route class looks."""


@marks("keyless")
async def take_no_key() -> None:
    """Marks searches, disclosures, log-ins and tokens, which take no Idempotency-Key."""


# Somebody known; a stranger gets 401 before the body is read.
CurrentActor = Annotated[Actor, Depends(read_actor)]
# Anybody: the operation is public.
PublicActor = Annotated[Actor, Depends(read_anyone)]
# The caller with the assertion as received, for peers.
CurrentCaller = Annotated[Caller, Depends(read_caller)]
CurrentTx = Annotated[Tx, Depends(begin)]
CurrentRead = Annotated[Read, Depends(reading)]
# The version in ``If-Match``; its absence is 428.
IfMatch = Annotated[int, Depends(read_version)]
# In ``dependencies=[...]`` of create, submit, decide and pay.
RequiresKey = Depends(need_key)
TakesNoKey = Depends(take_no_key)


def match(version: int, expected: int) -> None:
    """Refuse a change to something that changed since the caller read it."""
    if version != expected:
        raise Stale("这条记录刚被别人修改过，请刷新后核对再保存，您填写的内容已为您保留。")


def tag(response: Response, version: int) -> None:
    """Say which version was answered."""
    response.headers["etag"] = f'"{version}"'
