"""Builds a service: its routes, the loops beside them, and what every service answers."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from services.chassis.data.deadlines import Handler
from services.chassis.data.hooks import Places, no_places
from services.chassis.data.inbox import Hearing
from services.chassis.data.store import Store, open_store
from services.chassis.data.tables import ChassisTables
from services.chassis.edge.admission import Admission
from services.chassis.edge.anchors import anchor_file
from services.chassis.edge.asgi import BaseHeaders, BodyLimit
from services.chassis.edge.assertions import load_key, load_trust
from services.chassis.edge.budget import DeadlineBudget
from services.chassis.edge.courier import read_secrets
from services.chassis.edge.health import Health
from services.chassis.edge.key_service import key_service
from services.chassis.edge.metrics import Metrics
from services.chassis.edge.outside import Outside
from services.chassis.edge.peers import open_session
from services.chassis.edge.request_log import RequestLog
from services.chassis.edge.settings import ServiceSettings
from services.chassis.edge.targets import targets_of
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.events import Event
from services.chassis.kernel.refusals import (
    Malformed,
    MethodNotAllowed,
    NotFound,
    Refusal,
    TooLarge,
    UnsupportedMedia,
)
from services.chassis.web import loops
from services.chassis.web.actor import ActorMiddleware
from services.chassis.web.answers import problem_response
from services.chassis.web.audit import audit_router
from services.chassis.web.beside import beside
from services.chassis.web.context import caller_of
from services.chassis.web.described_events import described
from services.chassis.web.documented import ALWAYS, BEARER, Problem, problem_titles, problems
from services.chassis.web.health import checks, warnings
from services.chassis.web.hearing import MAX_BODY, PATH, hearing_router
from services.chassis.web.watching import ANCHOR_PAUSE, STANDING_PAUSE, anchor_step, standing_step
from services.chassis.web.webhook_log import webhook_log_router
from services.chassis.web.webhooks import webhooks_router

# What the framework refuses by itself, in our words.
FRAMEWORK: Mapping[int, Refusal] = {
    400: Malformed("请求内容无法读取，请检查格式后重试。"),
    404: NotFound("没有这个地址，请核对后重试。"),
    405: MethodNotAllowed("这个地址不支持此操作。"),
    413: TooLarge("提交的内容过大，请缩小后重试。"),
    415: UnsupportedMedia("请以 JSON（application/json）提交内容。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What makes one service different from another."""

    name: str
    title: str
    tables: ChassisTables
    routers: Sequence[APIRouter]
    # Topic -> who else hears it; topic -> what is done on hearing it; deadline kind -> handler.
    tells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hears: Mapping[str, Hearing] = field(default_factory=dict)
    deadlines: Mapping[str, Handler] = field(default_factory=dict)
    # Path prefix -> bytes, where a body may be larger than usual.
    larger_bodies: Mapping[str, int] = field(default_factory=dict)
    # Where unions stand today: whose facts a client's hook may hear.
    places: Places = no_places
    # What clients may ask to be told.
    events: Sequence[type[Event]] = ()


def build(
    service: Service, settings: ServiceSettings, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """The service as an ASGI app; nothing is opened before its lifespan begins."""
    app = FastAPI(
        title=service.title,
        version="1.0.0",
        docs_url=None,
        redoc_url=None,
        lifespan=partial(_lifespan, service, settings, clock),
        responses=problems(*ALWAYS),
    )
    app.state.settings = settings
    app.state.service = service
    is_local = settings.mode == "local"
    app.state.targets = targets_of(settings.webhook_allowed, is_local=is_local)
    # A service adds what else must hold before it is ready.
    app.state.checks = checks(app, service.name)
    app.state.warnings = warnings(app)
    app.state.metrics = Metrics(service.name)
    for router in service.routers:
        app.include_router(router, prefix="/v1")
    for router in (webhooks_router, webhook_log_router, audit_router):
        app.include_router(router, prefix="/v1")
    app.include_router(hearing_router(service.hears))
    _answer_in_problems(app)
    _describe_problems(app)
    _put_around(app, service, settings, clock)
    return app


def _put_around(
    app: FastAPI, service: Service, settings: ServiceSettings, clock: Callable[[], datetime]
) -> None:
    """The middleware, innermost first: the last added sees a request first."""
    trust = load_trust(settings.trust)
    app.add_middleware(ActorMiddleware, audience=service.name, trust=trust, clock=clock)
    app.add_middleware(DeadlineBudget)
    larger = {**service.larger_bodies, PATH: MAX_BODY}
    app.add_middleware(BodyLimit, larger=larger)
    app.add_middleware(Admission)
    app.add_middleware(BaseHeaders)
    app.add_middleware(Health, checks=app.state.checks, warnings=app.state.warnings)
    app.add_middleware(RequestLog, part=service.name, metrics=app.state.metrics)


@asynccontextmanager
async def _lifespan(
    service: Service, settings: ServiceSettings, clock: Callable[[], datetime], app: FastAPI
) -> AsyncIterator[None]:
    keys = key_service(settings)
    store = await open_store(settings, service.name, service.tables, service.tells, clock, keys)
    app.state.store = store
    app.state.key = load_key(settings.private_key)
    app.state.secrets = read_secrets(settings.webhook_secret_file)
    async with open_session() as session, Outside(app.state.targets) as outside:
        app.state.http, app.state.outside = session, outside
        around = (session, outside, app.state.secrets, service.deadlines, service.places)
        watching = _watching(app, service, settings, store)
        async with beside(store, settings, *around, watching):
            yield
    await store.close()


def _watching(
    app: FastAPI, service: Service, settings: ServiceSettings, store: Store
) -> tuple[tuple[str, loops.Step, loops.Pause], ...]:
    """The loops that look after the service itself."""
    anchors = anchor_file(settings.data_dir, service.name)
    return (
        ("standing", standing_step(app, store), loops.pause_of(STANDING_PAUSE)),
        ("anchors", anchor_step(store, anchors, app.state.key), loops.pause_of(ANCHOR_PAUSE)),
    )


def _answer_in_problems(app: FastAPI) -> None:
    """Every answer that no route gave is a problem document too, and none shows an exception."""

    @app.exception_handler(HTTPException)
    async def no_route(request: Request, error: HTTPException) -> Response:
        refusal = FRAMEWORK.get(error.status_code, FRAMEWORK[400])
        answer = problem_response(refusal, caller_of(request).origin.request_id)
        if error.status_code == 405:
            answer.headers["allow"] = ", ".join(_methods(app, request.url.path))
        return answer


def _methods(app: FastAPI, path: str) -> list[str]:
    """All methods that the path takes; the framework would name those of one route only."""
    found: set[str] = set()
    for template, operations in app.openapi()["paths"].items():
        if compile_path(template)[0].match(path):
            found |= {method.upper() for method in operations}
    return sorted(found)


def _describe_problems(app: FastAPI) -> None:
    """Put the problem's schema into the document, to which every operation refers."""
    draw = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            document = draw()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            drawn = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(drawn.pop("$defs", {}))
            schemas["Problem"] = drawn
            document["components"]["securitySchemes"] = {"bearer": BEARER}
            document["x-problems"] = dict(sorted(problem_titles().items()))
            document["x-events"] = described(app.state.service.events)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
