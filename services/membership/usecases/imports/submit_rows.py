"""Ready rows of a confirmed sheet become submitted applications, each once (M-03, M-10)."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from services.chassis.data.tx import Tx
from services.chassis.kernel.calendar import Due, shipped
from services.chassis.kernel.identifiers import DocumentKind, resident_id_facts
from services.membership.domain.application import review_due
from services.membership.domain.enrolment import CODED_DETAILS, platform_names
from services.membership.domain.events import BatchApplied
from services.membership.domain.import_rows import situation_of, split_platforms, way_of
from services.membership.domain.person import SELF_TELLING, UNKNOWN_SEX
from services.membership.store import consents, import_rows, import_submissions, parameters
from services.membership.store.import_columns import gig_workers
from services.membership.store.import_submissions import Ready
from services.membership.store.reference import code_book
from services.membership.store.tables import Import, Union

TOLD_AT_ONCE = 1_000


async def submit_rows(tx: Tx, batch: Import, union: Union, rows: Sequence[Row[Any]]) -> int:
    """How many applications were made; a row whose document applied meanwhile makes none."""
    texts = [row for row in await consents.texts(tx, tx.today) if row.is_required]
    ready = [_ready(tx, union, row) for row in rows]
    made = await import_submissions.submit(tx, batch, ready, await _due(tx, batch), texts)
    for start in range(0, len(made), TOLD_AT_ONCE):
        await tx.emit(
            BatchApplied(
                subject=batch.id,
                outcome="submitted",
                union_id=union.id,
                application_ids=made[start : start + TOLD_AT_ONCE],
                membership_ids=[],
                person_ids=[],
            )
        )
    return len(made)


async def _due(tx: Tx, batch: Import) -> Due:
    days = await parameters.value_of(tx, "join_review_days", batch.union_path, tx.today)
    return review_due(tx.today, int(days), shipped())


def _ready(tx: Tx, union: Union, row: Row[Any]) -> Ready:
    cells = import_rows.open_cells(tx.sealer, row)
    names = [column.name for column in gig_workers()]
    values = dict(zip(names, cells.values, strict=True))
    kind, number = _document(values)
    tells = kind in SELF_TELLING and len(number) == 18
    facts = resident_id_facts(number) if tells else None
    return Ready(
        number=row.number,
        document_key=row.document_key,
        name=values["name"],
        document_kind=kind,
        document=number,
        phone=values["phone"],
        birth=facts.birth.isoformat() if facts else "",
        sex=str(facts.sex) if facts else UNKNOWN_SEX,
        address=values["address"],
        columns=_columns(tx, union, values),
    )


def _document(values: dict[str, str]) -> tuple[str, str]:
    return values["document_kind"] or DocumentKind.RESIDENT_ID, values["document"]


def _columns(tx: Tx, union: Union, values: dict[str, str]) -> dict[str, Any]:
    way = way_of(values, union.kind, union.employer_name or "")
    situation = situation_of(values, union.kind, union.employer_name or "")
    details = {name: values[name] for name in (*CODED_DETAILS, "started_on") if values.get(name)}
    return {
        "group_code": values["group_code"],
        "platforms": platform_names(split_platforms(values["platforms"]), code_book(), tx.today),
        "employer_name": values["employer_name"] or None,
        "relation": str(situation.relation),
        "join_path": str(way.path),
        "join_rule": way.rule,
        "details": orjson.dumps(details).decode(),
    }
