"""Sheets to download: the rejected rows with their reasons, and templates."""

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi import Path as PathPart
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from services.chassis.data.imports.writing import write_template
from services.chassis.kernel.actors import Role
from services.chassis.kernel.refusals import NotFound
from services.chassis.web.depends import CurrentActor, CurrentTx
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.membership.store.import_columns import TITLES, columns_of
from services.membership.usecases.imports.write_rejected import write_rejected

router = APIRouter(tags=["imports"], route_class=UnitRoute)

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in MEDIA.values()}}}
Ending = Annotated[Literal["xlsx", "csv"], PathPart(description="文件格式")]


@router.get(
    "/imports/{import_id}/rejected.{ending}",
    summary="下载未导入的行（原表加退回原因）",
    response_class=FileResponse,
    responses=problems(404) | FILES,
)
async def rejected(
    actor: CurrentActor, tx: CurrentTx, import_id: UUID, ending: Ending
) -> FileResponse:
    folder = Path(mkdtemp(prefix="niangjia-"))
    try:
        name = await write_rejected(actor, tx, import_id, folder / "rejected", ending)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return _file(folder, folder / "rejected", f"{Path(name).stem}（退回）.{ending}", ending)


@router.get(
    "/import-templates/{kind}.xlsx",
    summary="下载名单模板",
    response_class=FileResponse,
    responses=problems(404) | FILES,
)
async def template(actor: CurrentActor, kind: str) -> FileResponse:
    actor.require(Role.CLERK)
    columns = columns_of(kind)
    if columns is None:
        raise NotFound("没有这种名单的模板，请核对名称。")
    folder = Path(mkdtemp(prefix="niangjia-"))
    write_template(folder / "template", columns, TITLES[kind])
    return _file(folder, folder / "template", f"{TITLES[kind]}模板.xlsx", "xlsx")


def _file(folder: Path, path: Path, name: str, ending: str) -> FileResponse:
    """The file, removed once it was sent."""
    return FileResponse(
        path,
        media_type=MEDIA[ending],
        filename=name,
        headers={"cache-control": "no-store"},
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )
