"""The people of one union in a batch are judged exactly as the rows of a sheet would be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.chassis.data.imports.check import check_chunk
from services.chassis.data.imports.layout import Layout
from services.chassis.kernel.refusals import FieldError
from services.membership.domain.consent import Text, in_force
from services.membership.domain.platform_batch import Item, consent_faults
from services.membership.store.import_columns import gig_workers
from services.membership.usecases.imports.judge_chunk import judge_chunk


@dataclass(slots=True)
class JudgedItems:
    """Values and documents of what is right, faults of what is not; by place in the batch."""

    values: dict[int, dict[str, str]] = field(default_factory=dict)
    documents: dict[int, str] = field(default_factory=dict)
    faults: dict[int, list[FieldError]] = field(default_factory=dict)


def judge_items(
    items: Mapping[int, Item], texts: Mapping[UUID, Text], today: date, minimum_age: int
) -> JudgedItems:
    """Every column at once; consents one by one, as each person gave their own."""
    columns, places = gig_workers(), list(items)
    names = [column.name for column in columns]
    layout = Layout(0, tuple(names), {name: at for at, name in enumerate(names)})
    rows = [[items[place].values.get(name, "") for name in names] for place in places]
    checked = check_chunk(columns, layout, 1, rows)
    required = {text.id for text in in_force(texts.values(), today).values() if text.is_required}
    judged = JudgedItems()
    for staged in judge_chunk(columns, checked, today, minimum_age):
        place = places[staged.number - 1]
        faults = [
            FieldError(f"/items/{place}/{problem.field}", problem.code, problem.message)
            for problem in staged.problems
            if problem.severity == "error"
        ]
        faults += consent_faults(place, items[place].consents, texts, required)
        if faults or staged.document is None:
            judged.faults[place] = faults
            continue
        judged.values[place] = dict(zip(names, staged.cells.values, strict=True))
        judged.documents[place] = f"{staged.document[0]}:{staged.document[1]}"
    return judged
