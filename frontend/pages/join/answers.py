"""What somebody has answered so far: kept sealed by the browser until the draft holds it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.sealed import drop_sealed, keep_sealed, read_sealed
from frontend.views.reading import code, items, text

COOKIE = "__Host-join"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Answers:
    """The journey's answers; ``draft`` is the application that already holds them."""

    union_id: str = ""
    union_name: str = ""
    poster: str = ""
    group: str = ""
    platforms: tuple[str, ...] = ()
    relation: str = ""
    employer_name: str = ""
    employer_union: str = ""
    user_union: str = ""
    industry_union: str = ""
    words: str = ""
    # Only between a step back and the next step forward; the draft takes them over.
    name: str = ""
    document_kind: str = ""
    document_number: str = ""
    draft: str = ""

    def with_(self, **given: Any) -> "Answers":
        return replace(self, **given)

    @property
    def situation(self) -> dict[str, Any] | None:
        """What the table M-10 decides on; “不知道” counts as no."""
        if not self.relation:
            return None
        return {
            "relation": self.relation,
            "has_employer_union": self.employer_union == YES,
            "has_user_union": self.user_union == YES,
            "has_industry_union": self.industry_union == YES,
        }

    def body(self) -> dict[str, Any]:
        """The application as far as it does not concern the person."""
        return {
            "union_id": self.union_id,
            "group_code": self.group or None,
            "platforms": list(self.platforms),
            "situation": self.situation,
            "employer_name": self.employer_name or None,
        }


def read(request: Request) -> Answers:
    """The answers that this browser brought."""
    kept = read_sealed(request, COOKIE)
    known = {each.name for each in fields(Answers)}
    given = {name: value for name, value in kept.items() if name in known}
    return Answers(**given | {"platforms": tuple(given.get("platforms", ()))})


def keep(request: Request, response: Response, answers: Answers) -> Response:
    """Have the browser keep ``answers``; what is empty takes no room."""
    given = {name: value for name, value in asdict(answers).items() if value}
    keep_sealed(request, response, COOKIE, given)
    return response


def drop(response: Response) -> Response:
    """The journey is over."""
    drop_sealed(response, COOKIE)
    return response


def taken_up(item: Mapping[str, Any]) -> Answers:
    """The answers that a draft, or a returned application, already holds."""
    rule = text(item, "path", "rule").partition(",")
    first, further = rule[0], rule[2].strip()
    employer = first in ("M-10 P1", "M-10 P3") and not further
    return Answers(
        union_id=text(item, "union", "id"),
        union_name=text(item, "union", "name"),
        group=code(item, "group"),
        platforms=tuple(str(one) for one in items(item, "platforms")),
        relation=code(item, "relation"),
        employer_name=text(item, "employer_name"),
        employer_union=YES if employer else NO,
        user_union=YES if further == "M-07" else NO,
        industry_union=YES if further == "M-32" else NO,
        name=text(item, "person", "name"),
        document_kind=code(item, "person", "document", "kind"),
        draft=text(item, "id"),
    )
