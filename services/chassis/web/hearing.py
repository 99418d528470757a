"""Where other services tell their facts: ``POST /events``, signed, each acted on once."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from services.chassis.data.inbox import Heard, Hearing, receive_once
from services.chassis.data.tx import Origin, Store
from services.chassis.edge.courier import open_envelope
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.refusals import Refusal
from services.chassis.web.answers import problem_response

MAX_BODY = 256 * 1024


def hearing_router(hears: Mapping[str, Hearing]) -> APIRouter:
    """Topics that nobody here listens to are taken and dropped: the teller need not know."""
    router = APIRouter(include_in_schema=False)

    @router.post("/events")
    async def hear(request: Request) -> Response:
        store: Store = request.app.state.store
        try:
            fact = open_envelope(await request.body(), request.headers, request.app.state.secrets)
        except Refusal as refusal:
            return problem_response(refusal)
        if fact.topic in hears:
            heard = Heard(
                fact.id,
                fact.source,
                fact.topic,
                fact.subject,
                fact.occurred_at,
                fact.data,
                fact.sequence,
            )
            await _act(store, heard, hears[fact.topic], request.headers)
        return Response(status_code=204)

    return router


async def _act(store: Store, heard: Heard, hearing: Hearing, headers: Mapping[str, Any]) -> None:
    origin = Origin(request_id=str(heard.id), traceparent=headers.get("traceparent", ""))
    async with store.begin(SYSTEM, origin) as tx:
        await receive_once(tx, heard, hearing)
