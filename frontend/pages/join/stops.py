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
    onward: str


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

# Which answer raises which further question.
RAISED = frozenset({("work", "platforms"), ("relation", "employer")})


def place(key: str, answers: Answers) -> Place:
    """The place called ``key``; one does not go back behind the verified phone."""
    stop = _stop(key)
    onward = "保存修改" if answers.draft else "下一步"
    has_back = bool(answers.draft) or key not in ("phone", "work")
    return Place(stop.url, stop.step, LAST, has_back, onward)


def after(key: str, answers: Answers) -> str:
    """Where to go on; with a draft, back to the summary unless the answer raises a question."""
    at = STOPS.index(_stop(key))
    following = next(stop for stop in STOPS[at + 1 :] if stop.is_asked(answers))
    if answers.draft and (key, following.key) not in RAISED:
        return "/join/check"
    return following.url


def before(key: str, answers: Answers) -> str:
    """Where the step back leads; from a draft's question to the summary."""
    if answers.draft:
        return "/join/check"
    at = STOPS.index(_stop(key))
    return next(stop.url for stop in reversed(STOPS[:at]) if stop.is_asked(answers))


def _stop(key: str) -> Stop:
    return next(stop for stop in STOPS if stop.key == key)
