"""A service of four operations, built on the chassis for its tests and for nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from alembic.migration import MigrationContext
from alembic.operations import Operations
from fastapi import APIRouter, Depends, FastAPI, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from migrations import data_keys, webhooks
from migrations.chassis import create_v1
from services.chassis.data.pages import cut
from services.chassis.data.tables import Entity, chassis_tables, metadata
from services.chassis.data.tx import Tx
from services.chassis.edge.settings import ServiceSettings
from services.chassis.kernel.actors import Role
from services.chassis.kernel.events import Event
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Conflict, NotFound
from services.chassis.web.app import Service, build
from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    PublicActor,
    RequiresKey,
    match,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageQuery
from services.chassis.web.route import UnitRoute
from services.chassis.web.text import Line

TODAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = metadata("probe")


TABLES = chassis_tables(Base.metadata)


class Note(Entity, Base):
    __tablename__ = "notes"

    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)


class NoteWritten(Event):
    topic = "probe.note.written"


class NoteIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Line


class NoteOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    text: str
    version: int


router = APIRouter(prefix="/notes", tags=["notes"], route_class=UnitRoute)


@router.post("", status_code=201, dependencies=[RequiresKey], responses=problems(409))
async def write(actor: CurrentActor, tx: CurrentTx, note: NoteIn) -> NoteOut:
    actor.require(Role.CLERK)
    row = Note(id=new_id(), text=note.text, version=1)
    tx.session.add(row)
    await tx.record("note.written", "note", row.id, after="written")
    await tx.emit(NoteWritten(subject=row.id))
    if note.text == "already there":
        raise Conflict("已经有这条笔记。")
    if note.text == "boom":
        raise ZeroDivisionError("boom with 320501199001011234")
    return NoteOut.model_validate(row)


@router.put("/{note_id}")
async def rewrite(
    actor: CurrentActor,
    tx: CurrentTx,
    version: IfMatch,
    note_id: UUID,
    note: NoteIn,
    response: Response,
) -> NoteOut:
    row = await tx.session.get(Note, note_id, with_for_update=True)
    if row is None:
        raise NotFound("没有这条笔记。")
    match(row.version, version)
    row.text, row.version = note.text, row.version + 1
    tag(response, row.version)
    return NoteOut.model_validate(row)


@router.post("/attempts", status_code=201)
async def attempt(actor: CurrentActor, tx: CurrentTx) -> NoteOut:
    async def count(again: Tx) -> None:
        again.session.add(Note(id=new_id(), text="failed attempt", version=1))

    tx.outlive(count)
    tx.session.add(Note(id=new_id(), text="half a step", version=1))
    raise Conflict("口令不对。")


async def never(actor: CurrentActor) -> None:
    actor.require(Role.SYSTEM)


@router.post("/refused", dependencies=[RequiresKey])
async def refused(allowed: Annotated[None, Depends(never)], tx: CurrentTx) -> None:
    raise AssertionError("nobody gets here")


@router.get("")
async def list_notes(actor: CurrentActor, read: CurrentRead, page: PageQuery) -> Page[NoteOut]:
    table = Note.__table__
    rows, following = await cut(read, select(table), (table.c.text, table.c.id), page.cut)
    return Page(items=[NoteOut.model_validate(row) for row in rows], next=following)


@router.get("/count")
async def count_notes(actor: PublicActor, read: CurrentRead) -> int:
    return len(await read.rows(select(Note.id)))


def settings(database_url: str, keys: Path, data_dir: Path, **more: object) -> ServiceSettings:
    parts = {
        "database_url": database_url,
        "private_key": keys / "membership.jwk",
        "trust": keys / "trust.jwks",
        "keys": keys / "kek.json",
        "webhook_secret_file": keys / "webhook.secret",
        "data_dir": data_dir,
        "loop_pause": 0.02,
    }
    return ServiceSettings.model_validate(parts | more)


def create_schema(admin_url: str) -> str:
    """The probe's tables, made as a service's first migration makes them; the URL of its log-in."""
    engine = create_engine(admin_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.exec_driver_sql("create schema probe")
        with Operations.context(MigrationContext.configure(connection)):
            create_v1("probe")
            webhooks.create("probe")
            data_keys.add_steps("probe")
        Base.metadata.tables["probe.notes"].create(connection)
        connection.exec_driver_sql("create table probe.alembic_version (version_num text)")
    engine.dispose()
    return urlunsplit(urlsplit(admin_url)._replace(scheme="postgresql+asyncpg"))


def create_app(
    settings: ServiceSettings, clock: Callable[[], datetime] = lambda: TODAY, **parts: object
) -> FastAPI:
    service = Service(name="probe", title="Probe", tables=TABLES, routers=[router], **parts)  # type: ignore[arg-type]
    return build(service, settings, clock=clock)
