"""The rows of a chunk with everything that is wrong in each, cell by cell and taken together."""

from collections.abc import Sequence

from services.chassis.data.imports.check import Checked, as_typed
from services.chassis.data.imports.columns import Column, Problem, Severity
from services.chassis.data.tx import Tx
from services.membership.domain.import_rows import Finding, Judged, judge_rows
from services.membership.store import parameters
from services.membership.store.import_rows import Cells, Staged
from services.membership.store.tables import Import


async def judge_chunk(
    tx: Tx, batch: Import, columns: Sequence[Column], checked: Checked
) -> list[Staged]:
    minimum = await parameters.value_of(tx, "minimum_age", batch.union_path, tx.today)
    broken = {
        place
        for place, problems in checked.problems.items()
        if any(p.field == "document" and p.severity is Severity.ERROR for p in problems)
    }
    judged = judge_rows(checked.values, broken, tx.today, int(minimum))
    return _staged(columns, checked, judged)


def _staged(columns: Sequence[Column], checked: Checked, judged: Judged) -> list[Staged]:
    kinds, numbers = checked.values["document_kind"], checked.values["document"]
    told = judged.documents
    values = checked.values | {
        "name": judged.names,
        "document_kind": [d[0] if d else kind for d, kind in zip(told, kinds, strict=True)],
        "document": [d[1] if d else number for d, number in zip(told, numbers, strict=True)],
    }
    understood = zip(*(values[column.name] for column in columns), strict=True)
    rows = []
    for place, (number, typed, row) in enumerate(
        zip(checked.numbers, checked.cells, understood, strict=True)
    ):
        problems = checked.problems.get(place, [])
        if place in judged.findings:
            problems = [*problems, *map(_problem, judged.findings[place])]
        rows.append(
            Staged(number, Cells(as_typed(typed), list(row)), judged.documents[place], problems)
        )
    return rows


def _problem(finding: Finding) -> Problem:
    severity = Severity.ERROR if finding.is_error else Severity.WARNING
    return Problem(finding.field, finding.code, finding.message, severity)
