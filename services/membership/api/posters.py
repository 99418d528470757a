"""Posters: a short code that leads from a wall to a union."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    PublicActor,
    RequiresKey,
)
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.membership.api.depends import PublicUrl
from services.membership.api.qr import svg_of
from services.membership.api.union_in import PosterIn
from services.membership.api.union_out import PosterCodeOut, PosterOut
from services.membership.store import unions
from services.membership.usecases.unions.make_poster import make_poster

router = APIRouter(tags=["unions"], route_class=UnitRoute)

PosterCode = Annotated[str, Path(max_length=16, pattern=r"^[0-9A-Za-z]+$")]
SVG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/svg+xml": {}}, "description": "二维码"}
}


def poster_url(public_url: str, code: str) -> str:
    return f"{public_url}/join/{code}"


@router.get("/unions/{union_id}/poster-code", summary="入会海报二维码", responses=problems(404))
async def poster_code(
    actor: CurrentActor, read: CurrentRead, public_url: PublicUrl, union_id: UUID
) -> PosterCodeOut:
    code = await unions.main_poster(actor, read, union_id)
    url = poster_url(public_url, code)
    return PosterCodeOut(code=code, label="", url=url, qr_svg=svg_of(url))


@router.post(
    "/unions/{union_id}/posters",
    status_code=201,
    summary="为站点或单位制作入会海报",
    dependencies=[RequiresKey],
    responses=problems(404),
)
async def make(
    actor: CurrentActor, tx: CurrentTx, public_url: PublicUrl, union_id: UUID, body: PosterIn
) -> PosterCodeOut:
    code = await make_poster(actor, tx, union_id, body.label)
    url = poster_url(public_url, code)
    return PosterCodeOut(code=code, label=body.label, url=url, qr_svg=svg_of(url))


@router.get("/posters/{code}", summary="海报对应的工会", responses=problems(404))
async def show(actor: PublicActor, read: CurrentRead, code: PosterCode) -> PosterOut:
    return PosterOut.of(await unions.by_poster(read, code.upper()))


@router.get(
    "/posters/{code}/qr.svg",
    summary="海报二维码图片",
    response_class=Response,
    responses=SVG | problems(404),
)
async def picture(
    actor: PublicActor, read: CurrentRead, public_url: PublicUrl, code: PosterCode
) -> Response:
    row = await unions.by_poster(read, code.upper())
    return Response(svg_of(poster_url(public_url, row.poster)), media_type="image/svg+xml")
