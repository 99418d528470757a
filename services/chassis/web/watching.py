"""Looks after the service itself: figures of its standing, anchors of its audit."""

import asyncio
from pathlib import Path

from fastapi import FastAPI

from services.chassis.data.audit import last_anchor
from services.chassis.data.backlog import FIGURES, backlog
from services.chassis.data.tx import Store
from services.chassis.edge.anchors import note_anchor
from services.chassis.edge.health import readiness
from services.chassis.edge.trust import SigningKey
from services.chassis.web.health import sealing_of
from services.chassis.web.loops import Step

STANDING_PAUSE = 15.0
ANCHOR_PAUSE = 3600.0


def standing_step(app: FastAPI, store: Store) -> Step:
    """Checks, warnings and backlog as figures, so that alert rules need not ask ``/readyz``."""

    async def step() -> bool:
        metrics = app.state.metrics
        for found in await readiness({**app.state.checks, **app.state.warnings}):
            metrics.note_check(found.check, found.ok)
        since = (await sealing_of(store)).unsealed_since
        metrics.note_figures(await backlog(store), FIGURES)
        metrics.note_unsealed((store.clock() - since).total_seconds() if since else 0.0)
        return False

    return step


def anchor_step(store: Store, path: Path, key: SigningKey) -> Step:
    """Note the newest seal outside the database, signed."""

    async def step() -> bool:
        anchor = await last_anchor(store)
        if anchor is not None:
            now = store.clock()
            await asyncio.to_thread(note_anchor, path, key, store.schema, str(anchor), now)
        return False

    return step
