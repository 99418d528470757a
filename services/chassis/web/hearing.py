"""Where other services tell their facts: ``POST /events``, signed, each acted on once."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import orjson
import structlog
from fastapi import APIRouter, Request, Response

from services.chassis.data.inbox import Heard, Hearing, receive_all, receive_once
from services.chassis.data.tx import Origin, Store
from services.chassis.edge.courier import Fact, open_envelope
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.refusals import Refusal
from services.chassis.web.answers import problem_response

PATH = "/events"
MAX_BODY = 4 * 1024 * 1024

log = structlog.get_logger()


def hearing_router(hears: Mapping[str, Hearing]) -> APIRouter:
    """Topics that nobody here listens to are taken and dropped: the teller need not know."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def hear(request: Request) -> Response:
        store: Store = request.app.state.store
        try:
            facts = open_envelope(await request.body(), request.headers, request.app.state.secrets)
        except Refusal as refusal:
            return problem_response(refusal)
        heard = [_heard(fact) for fact in facts if fact.topic in hears]
        trace = request.headers.get("traceparent", "")
        if len(heard) == 1:
            await _act(store, heard[0], hears, trace)
        elif heard and (refused := await _act_on_all(store, heard, hears, trace)):
            return Response(orjson.dumps({"refused": refused}), media_type="application/json")
        return Response(status_code=204)

    return router


def _heard(fact: Fact) -> Heard:
    return Heard(
        fact.id, fact.source, fact.topic, fact.subject, fact.occurred_at, fact.data, fact.sequence
    )


async def _act(store: Store, heard: Heard, hears: Mapping[str, Hearing], trace: str) -> None:
    async with store.begin(SYSTEM, Origin(request_id=str(heard.id), traceparent=trace)) as tx:
        await receive_once(tx, heard, hears[heard.topic])


async def _act_on_all(
    store: Store, heard: Sequence[Heard], hears: Mapping[str, Hearing], trace: str
) -> dict[str, str]:
    """In one transaction; when something is in the way, each in its own, and which failed.

    After a failure the subject's later facts wait for it: their order is kept.
    """
    try:
        async with store.begin(SYSTEM, Origin(str(heard[0].id), traceparent=trace)) as tx:
            await receive_all(tx, heard, hears)
    except Exception as error:
        log.warning("hearing.apart", facts=len(heard), error=type(error).__name__)
    else:
        return {}
    refused: dict[str, str] = {}
    stuck: set[UUID] = set()
    for one in heard:
        if one.subject in stuck:
            refused[str(one.id)] = "waits for an earlier one"
            continue
        try:
            await _act(store, one, hears, trace)
        except Exception as error:
            log.error("hearing.failed", topic=one.topic, error=type(error).__name__)
            refused[str(one.id)] = type(error).__name__
            stuck.add(one.subject)
    return refused
