"""A list of unions from a sheet: small, so the answer says what became of each row."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from pydantic import BaseModel, ConfigDict

from services.chassis.data.attachments import MEBIBYTE, Attachments
from services.chassis.data.imports.columns import known_headers
from services.chassis.data.imports.reading import inspect, read
from services.chassis.web.context import Caller
from services.chassis.web.depends import CurrentActor, CurrentTx, RequiresKey, read_caller
from services.chassis.web.documented import FieldErrorOut, problems
from services.chassis.web.route import UnitRoute
from services.membership.api.typed import ID, shown
from services.membership.store.union_columns import union_columns
from services.membership.usecases.unions.found_union import FOUNDERS
from services.membership.usecases.unions.import_unions import MOST_ROWS, Row, import_unions

router = APIRouter(prefix="/union-imports", tags=["unions"], route_class=UnitRoute)

LARGEST = 5 * MEBIBYTE
# Title rows and gaps stand around the rows that count.
ENOUGH = MOST_ROWS + 100


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a sheet, read by a limited child before any transaction begins."""

    parent_id: UUID
    rows: list[list[Any]]


async def receive(
    request: Request,
    caller: Annotated[Caller, Depends(read_caller)],
    file: Annotated[UploadFile, File(description="工会名单：xlsx、xls 或 csv，最大 5 MB")],
    parent_id: Annotated[UUID, Form(description="没有写明上级的工会归在它之下")],
) -> AsyncIterator[Listed]:
    caller.actor.require(*FOUNDERS)
    files = Attachments(request.app.state.settings.data_dir)
    attachment = await files.receive(file, LARGEST)
    try:
        found = await inspect(attachment.path, attachment.original_name)
        known = known_headers(union_columns())
        rows: list[list[Any]] = []
        async with aclosing(read(attachment.path, found, known)) as chunks:
            async for chunk in chunks:
                rows += chunk.rows[: ENOUGH - len(rows) + 1]
                if len(rows) > ENOUGH:
                    break
    finally:
        files.discard(attachment)
    yield Listed(parent_id, rows)


class UnionRowOut(BaseModel):
    number: int
    name: str
    union_id: UUID | None
    problems: list[FieldErrorOut]

    @classmethod
    def of(cls, row: Row) -> "UnionRowOut":
        problems = [
            FieldErrorOut(pointer=p.pointer, code=p.code, message=p.message) for p in row.problems
        ]
        return cls(number=row.number, name=row.name, union_id=row.union_id, problems=problems)


class UnionImportOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            total=2,
            entered=1,
            rows=[{"number": 2, "name": "唐桥镇总工会", "union_id": ID, "problems": []}],
        )
    )

    total: int
    entered: int
    rows: list[UnionRowOut]


@router.post(
    "",
    summary="导入工会名单",
    dependencies=[RequiresKey],
    responses=problems(404, 409),
)
async def upload(
    actor: CurrentActor,
    listed: Annotated[Listed, Depends(receive, scope="function")],
    tx: CurrentTx,
) -> UnionImportOut:
    rows = await import_unions(actor, tx, listed.parent_id, 1, listed.rows)
    entered = sum(row.union_id is not None for row in rows)
    return UnionImportOut(
        total=len(rows), entered=entered, rows=[UnionRowOut.of(row) for row in rows]
    )
