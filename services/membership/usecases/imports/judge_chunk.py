"""The rows of a chunk with everything that is wrong in each, cell by cell and taken together."""

from collections.abc import Sequence
from datetime import date

from services.chassis.data.imports.check import Checked, as_typed
from services.chassis.data.imports.columns import Column, Problem, Severity
from services.membership.domain.import_rows import Finding, Judged, judge_rows
from services.membership.store.import_rows import Cells, Staged


def judge_chunk(
    columns: Sequence[Column], checked: Checked, today: date, minimum_age: int
) -> list[Staged]:
    broken = {
        place
        for place, problems in checked.problems.items()
        if any(p.field == "document" and p.severity is Severity.ERROR for p in problems)
    }
    judged = judge_rows(checked.values, broken, today, minimum_age)
    values = checked.values | _understood(checked, judged)
    understood = zip(*(values[column.name] for column in columns), strict=True)
    return [
        Staged(
            number,
            Cells(as_typed(typed), list(row)),
            document,
            _problems(place, checked, judged),
        )
        for place, (number, typed, row, document) in enumerate(
            zip(checked.numbers, checked.cells, understood, judged.documents, strict=True)
        )
    ]


def _understood(checked: Checked, judged: Judged) -> dict[str, list[str]]:
    """What the judgement changed: clean names, and documents of the kind that they tell."""
    kinds, numbers = checked.values["document_kind"], checked.values["document"]
    told = judged.documents
    return {
        "name": judged.names,
        "document_kind": [d[0] if d else kind for d, kind in zip(told, kinds, strict=True)],
        "document": [d[1] if d else number for d, number in zip(told, numbers, strict=True)],
    }


def _problems(place: int, checked: Checked, judged: Judged) -> list[Problem]:
    found = checked.problems.get(place, [])
    if place in judged.findings:
        return [*found, *map(_problem, judged.findings[place])]
    return found


def _problem(finding: Finding) -> Problem:
    severity = Severity.ERROR if finding.is_error else Severity.WARNING
    return Problem(finding.field, finding.code, finding.message, severity)
