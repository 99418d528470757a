"""Marks rows whose document stands elsewhere: in the sheet, in the register, in an application.

What a mark says about another union is its name and contact (M-21); ids and paths in it serve to
link to a record for callers who may see it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlalchemy.sql import Executable

from services.chassis.data.tx import Tx
from services.membership.domain.application import WAITING
from services.membership.domain.import_batch import RowState
from services.membership.domain.membership import OPEN
from services.membership.store.tables import (
    Application,
    Import,
    ImportRow,
    Membership,
    PersonKey,
    Union,
)

MARKABLE = (RowState.READY, RowState.FAULTY, RowState.DUPLICATE)
Mark = dict[str, str]


async def mark(tx: Tx, batch: Import, some: ColumnElement[bool]) -> int:
    """Compare the rows that ``some`` chooses anew; the number of duplicates among them."""
    chosen = [ImportRow.import_id == batch.id, ImportRow.state.in_(MARKABLE), some]
    marks: dict[int, list[Mark]] = {}
    for number, found in [
        *((r.number, _in_file(r)) for r in await tx.rows(_twice(chosen))),
        *((r.number, _member(r, batch)) for r in await tx.rows(_members(chosen))),
        *((r.number, _applied(r, batch)) for r in await tx.rows(_applications(chosen, batch.id))),
    ]:
        marks.setdefault(number, []).append(found)
    await _write(tx, batch.id, chosen, marks)
    return len(marks)


def _twice(chosen: list[ColumnElement[bool]]) -> Executable:
    """Rows whose document stands in an earlier row of the same sheet.

    The first such row is looked up for each row by itself: as a plain join, a database that has
    not counted this sheet's rows yet compares each row with each other.
    """
    earlier = aliased(ImportRow)
    found = (
        select(func.min(earlier.number).label("first"))
        .where(
            earlier.import_id == ImportRow.import_id,
            earlier.document_key == ImportRow.document_key,
        )
        .lateral("found")
    )
    return (
        select(ImportRow.number, found.c.first)
        .join(found, found.c.first < ImportRow.number)
        .where(*chosen, ImportRow.document_key.is_not(None))
    )


def _members(chosen: list[ColumnElement[bool]]) -> Executable:
    return (
        select(
            ImportRow.number, Membership.id, Union.path, Union.name, Union.phone, Membership.state
        )
        .join(PersonKey, PersonKey.blind == ImportRow.document_key)
        .join(Membership, Membership.person_id == PersonKey.person_id)
        .join(Union, Union.id == Membership.union_id)
        .where(*chosen, Membership.state.in_(OPEN))
    )


def _applications(chosen: list[ColumnElement[bool]], import_id: UUID) -> Executable:
    return (
        select(ImportRow.number, Application.id, Union.path, Union.name, Union.phone)
        .join(Application, Application.document_key == ImportRow.document_key)
        .join(Union, Union.id == Application.union_id)
        .where(
            *chosen,
            Application.state.in_(WAITING),
            Application.batch_id.is_distinct_from(import_id),
        )
    )


def _in_file(row: Row[Any]) -> Mark:
    return _mark("in-file", f"与第 {row.first} 行是同一个证件号码，这一行不会导入。")


def _member(row: Row[Any], batch: Import) -> Mark:
    if row.path == batch.union_path:
        message = "已经是本工会会员，不需要重复入会。"
        return _mark("member-here", message, id=str(row.id), path=row.path)
    message = f"已是“{row.name}”的会员{_contact(row)}，不能重复入会；换了工作的可以发起转会。"
    return _mark("member-elsewhere", message, id=str(row.id), path=row.path, union=row.name)


def _applied(row: Row[Any], batch: Import) -> Mark:
    where = "本工会" if row.path == batch.union_path else f"“{row.name}”{_contact(row)}"
    message = f"这个证件号码在{where}已有入会申请正在办理。"
    return _mark("already-applied", message, id=str(row.id), path=row.path, union=row.name)


def _contact(row: Row[Any]) -> str:
    return f"（联系电话 {row.phone}）" if row.phone else ""


def _mark(code: str, message: str, **more: str) -> Mark:
    return {"field": "document", "code": code, "message": message, "severity": "error", **more}


async def _write(
    tx: Tx, import_id: UUID, chosen: list[ColumnElement[bool]], marks: dict[int, list[Mark]]
) -> None:
    unmarked = case((ImportRow.is_faulty, RowState.FAULTY), else_=RowState.READY)
    free = update(ImportRow).where(*chosen, ImportRow.state == RowState.DUPLICATE)
    # ``chosen`` names the table itself, so the rows that were free before are left alone.
    await tx.session.execute(
        free.values(marks=[], state=unmarked),
        execution_options={"synchronize_session": False},
    )
    if not marks:
        return
    table = ImportRow.__table__
    change = (
        update(table)  # type: ignore[arg-type]  # a mapped class's table is a Table
        .where(table.c.import_id == import_id, table.c.number == bindparam("at"))
        .values(marks=bindparam("found", type_=JSONB), state=RowState.DUPLICATE)
    )
    connection = await tx.session.connection()
    await connection.execute(
        change,
        [{"at": number, "found": found} for number, found in marks.items()],
    )
