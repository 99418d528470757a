"""Union organisations: the tree for their offices, public facts for everybody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    PublicActor,
    RequiresKey,
    TakesNoKey,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageRequest
from services.chassis.web.route import UnitRoute
from services.membership.api.typed import Word
from services.membership.api.union_in import FindIn, UnionIn, UnionPatch
from services.membership.api.union_out import FoundOut, PublicUnionOut, UnionOut
from services.membership.store import unions
from services.membership.store.union_search import Wanted, below_named
from services.membership.usecases.unions.change_union import change_union
from services.membership.usecases.unions.find_my_union import find_my_union
from services.membership.usecases.unions.found_union import found_union

router = APIRouter(prefix="/unions", tags=["unions"], route_class=UnitRoute)


class ChildrenQuery(PageRequest):
    parent: UUID | None = Field(None, description="上级工会；不填则为本工会")
    text: Word = Field("", description="名称或拼音首字母：在本工会和所有下级中查找")


@router.post(
    "",
    status_code=201,
    summary="建立下级工会",
    dependencies=[RequiresKey],
    responses=problems(404, 409),
)
async def found(actor: CurrentActor, tx: CurrentTx, body: UnionIn, response: Response) -> UnionOut:
    union = await found_union(actor, tx, body.parent_id, body.facts())
    tag(response, union.version)
    return UnionOut.of(actor, union)


@router.get("", summary="下级工会列表")
async def children(
    actor: CurrentActor, read: CurrentRead, asked: Annotated[ChildrenQuery, Query()]
) -> Page[UnionOut]:
    if words := asked.text.strip():
        rows, following = await below_named(actor, read, words, asked.cut)
    else:
        rows, following = await unions.children(actor, read, asked.parent, asked.cut)
    return Page(items=[UnionOut.of(actor, row) for row in rows], next=following)


@router.post("/searches", summary="查找我的工会", dependencies=[TakesNoKey])
async def search(actor: PublicActor, read: CurrentRead, body: FindIn) -> FoundOut:
    wanted = Wanted(body.text, body.division, body.employer or "", body.street, body.group)
    result = await find_my_union(read, wanted)
    return FoundOut(
        items=[PublicUnionOut.of(row) for row in result.matches],
        catching=[PublicUnionOut.of(row) for row in result.catching],
    )


@router.get("/{union_id}", summary="工会详情", responses=problems(404))
async def show(
    actor: CurrentActor, read: CurrentRead, union_id: UUID, response: Response
) -> UnionOut:
    row = await unions.find(actor, read, union_id)
    tag(response, row.version)
    return UnionOut.of(actor, row)


@router.get("/{union_id}/public", summary="工会公开信息", responses=problems(404))
async def public(actor: PublicActor, read: CurrentRead, union_id: UUID) -> PublicUnionOut:
    return PublicUnionOut.of(await unions.public_facts(read, union_id))


@router.patch("/{union_id}", summary="修改工会信息", responses=problems(404, 409, 412, 428))
async def change(
    actor: CurrentActor,
    tx: CurrentTx,
    union_id: UUID,
    version: IfMatch,
    body: UnionPatch,
    response: Response,
) -> UnionOut:
    union = await change_union(actor, tx, union_id, version, body.changes())
    tag(response, union.version)
    return UnionOut.of(actor, union)
