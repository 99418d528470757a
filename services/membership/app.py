"""Composes the membership service."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI

from services.chassis.data.attachments import MEBIBYTE
from services.chassis.edge.assertions import load_trust
from services.chassis.edge.starting import from_environment
from services.chassis.kernel.clock import utc_now
from services.chassis.web.app import Service, build
from services.membership.api import (
    applications,
    cards,
    changes,
    codes,
    consents,
    decisions,
    desk,
    enrolment,
    import_files,
    imports,
    members,
    people,
    platform_batches,
    posters,
    register,
    union_imports,
    unions,
)
from services.membership.api.import_in import LARGEST_BODY
from services.membership.domain.events import EVENTS, TELLS
from services.membership.settings import Settings
from services.membership.store.places import places
from services.membership.store.tables import CHASSIS
from services.membership.usecases.applications.on_review_overdue import on_review_overdue
from services.membership.usecases.clients.on_client_suspended import on_client_suspended
from services.membership.usecases.imports.on_import_watched import KIND as WATCHED
from services.membership.usecases.imports.on_import_watched import on_import_watched

MEMBERSHIP = Service(
    name="membership",
    title="娘家 会员与组织服务",
    tables=CHASSIS,
    # Routers are asked in this order, so what is asked most comes first.
    routers=(
        # Before the others, whose addresses take any word for an id.
        changes.router,
        members.router,
        codes.router,
        posters.router,
        unions.router,
        union_imports.router,
        enrolment.router,
        platform_batches.router,
        applications.router,
        decisions.router,
        register.router,
        cards.router,
        people.router,
        consents.router,
        desk.router,
        import_files.router,
        imports.router,
    ),
    tells=TELLS,
    hears={"identity.client.suspended": on_client_suspended},
    events=EVENTS,
    places=places,
    deadlines={"review": on_review_overdue, WATCHED: on_import_watched},
    larger_bodies={
        "/v1/applications/batches": 4 * MEBIBYTE,
        "/v1/imports": LARGEST_BODY,
        "/v1/union-imports": union_imports.LARGEST + MEBIBYTE,
    },
)


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """The service as an ASGI app."""
    settings = settings or from_environment(Settings, "membership")
    app = build(MEMBERSHIP, settings, clock)
    app.state.trust = load_trust(settings.trust)
    # Made at the first call, when connections are open; tests put a stand-in here.
    app.state.identity = None
    return app
