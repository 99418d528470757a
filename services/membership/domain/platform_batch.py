"""What another system sends about people who want to join, and what it is told of each."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.chassis.kernel.refusals import FieldError
from services.membership.domain.consent import Text
from services.membership.domain.enrolment import Given

_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)")


class Status(StrEnum):
    RECEIVED = "received"  # it is with the union now
    EXISTS = "exists"  # the client sent this reference before
    REFUSED = "refused"  # something is wrong with it; nothing was kept


@dataclass(frozen=True, slots=True)
class Item:
    """One person; ``values`` are by the columns of an enrolment sheet."""

    reference: str
    union_id: UUID
    values: Mapping[str, str]
    consents: Sequence[Given]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item; ``number`` is of the client's own application only."""

    reference: str
    status: Status
    number: str | None = None
    errors: tuple[FieldError, ...] = ()


def holds_number(reference: str) -> bool:
    """Whether an id or a phone stands in a reference, which is kept in the clear."""
    return _PERSONAL.search(reference) is not None


def repeated(items: Sequence[Item]) -> dict[int, FieldError]:
    """Items whose reference stands in an earlier item of the same batch."""
    seen: set[str] = set()
    faults: dict[int, FieldError] = {}
    for place, item in enumerate(items):
        if item.reference in seen:
            message = "这个编号在本批中出现了多次，只受理第一次出现的。"
            faults[place] = FieldError(f"/items/{place}/reference", "repeated", message)
        seen.add(item.reference)
    return faults


def consent_faults(
    place: int, given: Sequence[Given], texts: Mapping[UUID, Text], required: Collection[UUID]
) -> list[FieldError]:
    """Every required purpose has its own consent, to the words in force, with evidence (S-16)."""
    faults = []
    for number, consent in enumerate(given):
        at, text = f"/items/{place}/consents/{number}", texts.get(consent.text_id)
        if text is None or text.version != consent.version:
            message = "同意书已更新，请让本人重新阅读最新版本后再同意。"
            faults.append(FieldError(f"{at}/version", "version", message))
        elif not consent.evidence:
            message = "请写明本人同意的凭据，例如平台的签署记录编号。"
            faults.append(FieldError(f"{at}/evidence", "missing", message))
    for text_id in sorted(set(required) - {consent.text_id for consent in given}):
        message = f"缺少本人对《{texts[text_id].title}》的同意。"
        faults.append(FieldError(f"/items/{place}/consents", "missing", message))
    return faults
