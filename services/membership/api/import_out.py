"""Imported sheets as they go out, with what this caller may do now."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from services.chassis.kernel.actors import Actor
from services.membership.api.typed import ID, Coded, Instant, UnionRef, shown
from services.membership.domain.import_batch import (
    LABELS,
    RUNNING,
    Action,
    State,
    actions_for,
)
from services.membership.domain.policies import roles_of
from services.membership.store import imports
from services.membership.store.import_columns import gig_workers

EXAMPLE = {
    "id": ID,
    "file_name": "快递员名单.xlsx",
    "state": "checked",
    "state_label": "已检查，等待确认",
    "actions": ["mend", "confirm", "cancel"],
    "counts": {"total": 500, "ready": 488, "faulty": 9, "duplicate": 3, "applied": 0},
}


class CountsOut(BaseModel):
    total: int
    ready: int
    faulty: int
    duplicate: int
    applied: int
    undone: int
    kept: int


class ProgressOut(BaseModel):
    """How the work beside the service stands; ``done`` of ``total`` rows."""

    state: str
    done: int
    total: int | None
    message: str
    is_running: bool


class ColumnOut(BaseModel):
    """A column of the sheet: the field, its title, and the header under which it was found."""

    name: str
    title: str
    header: str
    is_required: bool
    choices: list[Coded]


class FailureOut(BaseModel):
    code: str
    message: str


class ImportOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**EXAMPLE))

    id: UUID
    kind: str
    file_name: str
    union: UnionRef
    state: State
    state_label: str
    version: int
    actions: list[Action]
    counts: CountsOut
    progress: ProgressOut
    columns: list[ColumnOut]
    ignored_headers: list[str]
    failure: FailureOut | None
    evidence: str
    made_name: str
    created_at: Instant
    checked_at: Instant | None
    confirmed_at: Instant | None
    confirmed_name: str | None
    applied_at: Instant | None

    @classmethod
    def of(cls, actor: Actor, row: Row[Any]) -> "ImportOut":
        state = State(row.state)
        layout = imports.layout_of(row)
        return cls(
            id=row.id,
            kind=row.kind,
            file_name=row.file_name,
            union=UnionRef(id=str(row.union_id), name=row.union_name),
            state=state,
            state_label=LABELS[state],
            version=row.version,
            actions=actions_for(state, roles_of(actor), row.ready, row.applied),
            counts=CountsOut(**{name: getattr(row, name) for name in CountsOut.model_fields}),
            progress=progress_of(row),
            columns=_columns(layout.places, layout.headers),
            ignored_headers=list(layout.ignored),
            failure=_failure(row),
            evidence=row.evidence,
            made_name=row.made_name,
            created_at=row.created_at,
            checked_at=row.checked_at,
            confirmed_at=row.confirmed_at,
            confirmed_name=row.confirmed_name,
            applied_at=row.applied_at,
        )


def progress_of(row: Row[Any]) -> ProgressOut:
    return ProgressOut(
        state=row.job_state or "",
        done=row.job_done or 0,
        total=row.job_total,
        message=row.job_message or "",
        is_running=row.state in RUNNING and row.job_state in ("queued", "running"),
    )


def _columns(places: dict[str, int], headers: tuple[str, ...]) -> list[ColumnOut]:
    """In the order of the sheet."""
    found = [column for column in gig_workers() if column.name in places]
    return [
        ColumnOut(
            name=column.name,
            title=column.title,
            header=headers[places[column.name]],
            is_required=column.required,
            choices=[Coded(code=c.code, label=c.label) for c in column.choices],
        )
        for column in sorted(found, key=lambda column: places[column.name])
    ]


def _failure(row: Row[Any]) -> FailureOut | None:
    return FailureOut(code=row.failure, message=row.failure_detail) if row.failure else None
