"""Rows of imported sheets as they go out: masked, with what is wrong in each field."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from services.chassis.data.imports.columns import CellKind
from services.chassis.data.sealed import Sealer
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.masking import mask_address, mask_document, mask_mobile, mask_name
from services.membership.api.typed import Coded, shown
from services.membership.domain.import_batch import (
    LABELS,
    REJECTED,
    Action,
    RowState,
    State,
    actions_for,
)
from services.membership.domain.import_rows import way_of
from services.membership.domain.policies import roles_of
from services.membership.store import import_rows
from services.membership.store.import_columns import gig_workers
from services.membership.store.tables import ImportRow

ROW = {
    "number": 17,
    "state": "faulty",
    "cells": {"name": "张*", "document": "320***********123X"},
    "problems": [{"field": "document", "code": "check-digit", "message": "校验位不对。"}],
}


class ProblemOut(BaseModel):
    """What is wrong with one field; ``record`` leads to the record where it may be seen."""

    field: str
    code: str
    message: str
    severity: str
    record: str | None = None


class RowOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**ROW))

    number: int
    state: RowState
    state_label: str
    version: int
    may_mend: bool
    cells: dict[str, str]
    problems: list[ProblemOut]
    path: Coded | None
    application_id: UUID | None

    @classmethod
    def of(
        cls, actor: Actor, sealer: Sealer, batch: Row[Any], row: Row[Any] | ImportRow
    ) -> "RowOut":
        state = RowState(row.state)
        values = _values(sealer, row)
        may = Action.MEND in actions_for(State(batch.state), roles_of(actor), 0, 0)
        return cls(
            number=row.number,
            state=state,
            state_label=LABELS[state],
            version=row.version,
            may_mend=may and state in (*REJECTED, RowState.READY),
            cells={name: _shown(name, value) for name, value in values.items()},
            problems=[_problem(actor, found) for found in (*row.marks, *row.problems)],
            path=_path(values, batch),
            application_id=row.application_id,
        )


def _values(sealer: Sealer, row: Row[Any] | ImportRow) -> dict[str, str]:
    values = import_rows.open_cells(sealer, row).values
    return dict(zip((column.name for column in gig_workers()), values, strict=True))


def _shown(name: str, value: str) -> str:
    """Numbers are masked, codes are shown as their labels (S-13)."""
    match name:
        case "name":
            return mask_name(value)
        case "document":
            return value if "E+" in value else mask_document(value)
        case "phone":
            return mask_mobile(value)
        case "address":
            return mask_address(value)
        case _:
            return _labels(name).get(value, value)


def _labels(name: str) -> dict[str, str]:
    return {
        choice.code: choice.label
        for column in gig_workers()
        if column.name == name and column.kind is CellKind.CHOICE
        for choice in column.choices
    }


def _path(values: dict[str, str], batch: Row[Any]) -> Coded | None:
    """By which path the person will join (M-10), once the row says enough."""
    try:
        way = way_of(values, batch.union_kind, batch.union_employer or "")
    except ValueError:
        return None
    return Coded.of("join_paths", way.path)


def _problem(actor: Actor, found: dict[str, str]) -> ProblemOut:
    seen = "id" in found and actor.reaches(found.get("path", ""))
    collection = "applications" if found["code"] == "already-applied" else "members"
    return ProblemOut(
        field=found["field"],
        code=found["code"],
        message=found["message"],
        severity=found["severity"],
        record=f"/{collection}/{found['id']}" if seen else None,
    )
