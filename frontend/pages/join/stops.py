"""The order of the questions, and which of them somebody is asked at all."""

from collections.abc import Callable
from dataclasses import dataclass

from frontend.pages.join.answers import Answers
from frontend.views.join import PLATFORMS_OF

OWN = ("contract", "factual")
LENT = ("dispatched", "outsourced")
LAST = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """One screen; several screens may belong to one step of the five."""

    key: str
    step: int
    is_asked: Callable[[Answers], bool]

    @property
    def url(self) -> str:
        return f"/join/{self.key}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: which step of how many, and what lies before."""

    url: str
    step: int
    last: int
    has_back: bool


def _always(answers: Answers) -> bool:
    return True


def _has_platforms(answers: Answers) -> bool:
    return answers.group in PLATFORMS_OF


def _has_employer(answers: Answers) -> bool:
    return answers.relation in OWN + LENT


# fmt: off
STOPS = (
    Stop("phone",     1, _always),
    Stop("work",      2, _always),
    Stop("platforms", 2, _has_platforms),
    Stop("relation",  2, _always),
    Stop("employer",  2, _has_employer),
    Stop("where",     3, _always),
    Stop("person",    4, _always),
    Stop("check",     5, _always),
)
# fmt: on


def place(key: str) -> Place:
    """The place called ``key``; one does not go back behind the verified phone."""
    stop = _stop(key)
    return Place(stop.url, stop.step, LAST, stop.key not in ("phone", "work"))


def after(key: str, answers: Answers) -> str:
    """Where to go on; straight to the summary once a draft holds everything else."""
    at = STOPS.index(_stop(key))
    following = next(stop for stop in STOPS[at + 1 :] if stop.is_asked(answers))
    same_step = following.step == STOPS[at].step
    return following.url if same_step or not answers.draft else "/join/check"


def before(key: str, answers: Answers) -> str:
    """Where the step back leads."""
    at = STOPS.index(_stop(key))
    return next(stop.url for stop in reversed(STOPS[:at]) if stop.is_asked(answers))


def _stop(key: str) -> Stop:
    return next(stop for stop in STOPS if stop.key == key)
