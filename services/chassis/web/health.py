"""Is the process alive, and is it ready to serve?  Each failed check names itself."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.chassis.data.tx import Store
from services.chassis.kernel.calendar import shipped

HISTORY = Path("migrations")


def health_router(name: str) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    head = max((file.stem for file in (HISTORY / name).glob("[0-9]*.py")), default="")

    @router.get("/livez")
    async def alive() -> Response:
        return Response("ok", media_type="text/plain")

    @router.get("/readyz")
    async def ready(request: Request) -> Response:
        store: Store = request.app.state.store
        checks = await _database(store, head)
        checks["calendar"] = "ok" if store.clock().year in shipped().published else "missing"
        checks |= getattr(request.app.state, "readiness", dict)()
        good = all(state == "ok" for state in checks.values())
        return JSONResponse({"ready": good, "checks": checks}, 200 if good else 503)

    return router


async def _database(store: Store, head: str) -> dict[str, str]:
    query = text(f"select version_num from {store.schema}.alembic_version")  # noqa: S608 -- own name
    try:
        async with store.reads.connect() as connection:
            at = await connection.scalar(query)
    except (DBAPIError, PoolTimeout, OSError) as error:
        return {"database": type(error).__name__, "migrations": "unknown"}
    return {"database": "ok", "migrations": "ok" if at == head else f"at {at}, code needs {head}"}
