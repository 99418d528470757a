"""An application as it is written down: who, at which union, in which group, by which path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.membership.domain.codes import CodeBook
from services.membership.domain.paths import Situation, Way, choose
from services.membership.domain.person import Known, Stated, check

# Coded fields of B.6 that an application may carry, and the list each comes from.
CODED_DETAILS = {
    "ethnicity": "ethnicities",
    "education": "educations",
    "politics": "politics",
    "employment": "employments",
    "skill_level": "skill_levels",
    "household_kind": "household_kinds",
}
PLAIN_DETAILS = ("household_division", "native_place", "is_migrant")
MOST_PLATFORMS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One consent as it was given; ``guardian`` is (name, relation) of who agreed for a child."""

    text_id: UUID
    version: str
    evidence: str = ""
    guardian: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the form says."""

    person: Stated
    union_id: UUID | None = None
    poster: str | None = None
    group: str | None = None
    platforms: Sequence[str] = ()
    situation: Situation | None = None
    employer_name: str | None = None
    work_division: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    consents: Sequence[Given] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The same, cleaned, coded and decided."""

    person: Known
    group_code: str | None
    platforms: list[str]
    way: Way | None
    details: dict[str, object]


def check_request(request: Request, book: CodeBook, today: date, minimum_age: int) -> Checked:
    """Everything that is wrong at once, each at its field; raises Unprocessable."""
    known, faults = check(request.person, today, minimum_age)
    group = _coded(book, "groups", request.group, "/group_code", today, faults)
    if request.work_division:
        _coded(book, "divisions", request.work_division[:6], "/work_division", today, faults)
    details: dict[str, object] = {
        name: value
        for name in PLAIN_DETAILS
        if (value := request.details.get(name)) not in (None, "")
    }
    for name, list_name in CODED_DETAILS.items():
        word = request.details.get(name)
        if word and (code := _coded(book, list_name, str(word), f"/details/{name}", today, faults)):
            details[name] = code
    if faults or known is None:
        raise Unprocessable("有内容填写不正确，请按提示修改后重新提交。", faults)
    return Checked(
        person=known,
        group_code=group,
        platforms=platform_names(request.platforms, book, today),
        way=choose(request.situation) if request.situation else None,
        details=details,
    )


def platform_names(words: Sequence[str], book: CodeBook, today: date) -> list[str]:
    """Platforms by name, each once; known ones by their label, others as they were written."""
    found: dict[str, None] = {}
    for word in words[:MOST_PLATFORMS]:
        if name := " ".join(word.split()):
            entry = book.find("platforms", name, today)
            found[entry.label if entry else name] = None
    return list(found)


def _coded(
    book: CodeBook,
    list_name: str,
    word: str | None,
    pointer: str,
    today: date,
    faults: list[FieldError],
) -> str | None:
    if not word:
        return None
    entry = book.find(list_name, word, today)
    if entry is None:
        faults.append(FieldError(pointer, "code", "不在可选范围内，请从列表中选择。"))
        return None
    return entry.code
