"""Composes the membership service."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI

from services.chassis.edge.assertions import load_trust
from services.chassis.kernel.clock import utc_now
from services.chassis.web.app import Service, build
from services.membership.api import (
    applications,
    cards,
    codes,
    consents,
    decisions,
    desk,
    enrolment,
    members,
    people,
    posters,
    register,
    unions,
)
from services.membership.settings import Settings
from services.membership.store.tables import CHASSIS
from services.membership.usecases.applications.on_review_overdue import on_review_overdue

MEMBERSHIP = Service(
    name="membership",
    title="娘家 会员与组织服务",
    tables=CHASSIS,
    routers=(
        codes.router,
        posters.router,
        unions.router,
        enrolment.router,
        applications.router,
        decisions.router,
        register.router,
        members.router,
        cards.router,
        people.router,
        consents.router,
        desk.router,
    ),
    tells={
        "membership.union.founded": ("identity",),
        "membership.union.changed": ("identity",),
    },
    deadlines={"review": on_review_overdue},
)


def create_app(
    settings: Settings | None = None, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """The service as an ASGI app."""
    settings = settings or Settings()
    app = build(MEMBERSHIP, settings, clock)
    app.state.trust = load_trust(settings.trust)
    # Made at the first call, when connections are open; tests put a stand-in here.
    app.state.identity = None
    return app
