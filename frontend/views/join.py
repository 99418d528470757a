"""What somebody who joins is shown: choices, unions, and the summary before it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from frontend.forms.form import Option
from frontend.views.reading import items, text

# Which platforms are asked about first, for each group; all others can be opened or written.
PLATFORMS_OF: Mapping[str, tuple[str, ...]] = {
    "G01": ("huolala", "kuaigou", "manbang"),
    "G02": ("sf", "zto", "yto", "sto", "yunda", "jt", "ems", "jdl"),
    "G04": ("58daojia",),
    "G06": ("meituan", "eleme", "jd_instant", "sf_instant", "dada", "uu", "shansong"),
    "G07": ("beike",),
    "G09": ("didi", "caocao", "t3", "gaode", "hello"),
    "G10": ("edaijia", "didi"),
    "G11": ("douyin", "kuaishou"),
    "G99": ("meituan", "eleme", "didi", "huolala"),
}
NO_GROUP = Option("none", "都不是，在单位上班")


@dataclass(frozen=True, slots=True)
class PublicUnion:
    """A union as anybody may know it."""

    id: str
    name: str
    level: str
    place: str
    employer: str
    address: str
    phone: str
    catches_all: bool
    trade: str

    @property
    def told(self) -> str:
        """One line under its name."""
        parts = (self.employer, self.address or self.place)
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and who takes in everybody else."""

    matches: list[PublicUnion]
    catching: list[PublicUnion]

    @property
    def has_trade(self) -> bool:
        return any(one.trade for one in self.catching)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One purpose to agree to, or not."""

    id: str
    version: str
    title: str
    body: str
    uses: str
    recipients: str
    is_required: bool
    is_sensitive: bool
    purpose: str


def public_union(item: Mapping[str, Any]) -> PublicUnion:
    """A union out of the public answer."""
    return PublicUnion(
        id=text(item, "id"),
        name=text(item, "name"),
        level=text(item, "level"),
        place=text(item, "division"),
        employer=text(item, "employer_name"),
        address=text(item, "address"),
        phone=text(item, "phone"),
        catches_all=bool(item.get("catches_all")),
        trade=text(item, "trade"),
    )


def found(answer: Mapping[str, Any]) -> Found:
    """Matches first; a union that is a match is not offered twice."""
    matches = [public_union(one) for one in items(answer, "items")]
    shown = {one.id for one in matches}
    others = [public_union(one) for one in items(answer, "catching")]
    return Found(matches, [one for one in others if one.id not in shown])


def consent_text(item: Mapping[str, Any]) -> ConsentText:
    """A text in force."""
    return ConsentText(
        id=text(item, "id"),
        version=text(item, "version"),
        title=text(item, "title"),
        body=text(item, "body"),
        uses="、".join(str(one) for one in items(item, "items")),
        recipients="、".join(str(one) for one in items(item, "recipients")),
        is_required=bool(item.get("is_required")),
        is_sensitive=bool(item.get("is_sensitive")),
        purpose=text(item, "purpose"),
    )


def consent_texts(found: Iterable[Mapping[str, Any]]) -> list[ConsentText]:
    """Those one cannot do without first."""
    return sorted((consent_text(one) for one in found), key=lambda one: not one.is_required)


def options(codes: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    """A code list to choose from."""
    return tuple(Option(text(one, "code"), text(one, "label")) for one in codes)


def platform_options(codes: Iterable[Mapping[str, Any]], group: str) -> tuple[Option, ...]:
    """The group's own platforms, by name: a platform is stored as it is called."""
    labels = {text(one, "code"): text(one, "label") for one in codes}
    wanted = PLATFORMS_OF.get(group, ())
    return tuple(Option(labels[one], labels[one]) for one in wanted if one in labels)
