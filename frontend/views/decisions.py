"""What became of each application in a bulk decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend.views.reading import items, number, text


@dataclass(frozen=True, slots=True)
class Bulk:
    """What was chosen in the queue, kept when something is still missing."""

    chosen: tuple[str, ...] = ()
    reason: str = ""
    batch: str = ""
    is_whole: bool = False
    problem: str = ""

    def missing(self, outcome: str) -> str:
        """What has to be there before the service is asked."""
        if not self.chosen and not self.is_whole:
            return "请先选中要办理的申请。"
        if outcome == "refused" and not self.reason:
            return "不予通过要写明理由，申请人会看到。请在下面填写理由。"
        return ""


@dataclass(frozen=True, slots=True)
class KeptBack:
    """One that was not decided, and why."""

    url: str
    number: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many went through, and each that did not."""

    summary: str
    done: int
    kept_back: list[KeptBack]


def told(answer: Mapping[str, Any]) -> BulkResult:
    """The service's answer, item by item."""
    results = items(answer, "results")
    refused = [one for one in results if _why(one)]
    done = len(results) - len(refused)
    if waiting := number(answer, "waiting"):
        return BulkResult(f"整批 {waiting:,} 份已开始办理，过一会儿刷新可以看到结果。", 0, [])
    return BulkResult(
        summary=f"已办理 {done} 份申请。",
        done=done,
        kept_back=[
            KeptBack(
                url=f"/applications/{text(one, 'application_id') or text(one, 'id')}",
                number=text(one, "number"),
                name=text(one, "name") or text(one, "person", "name"),
                why=_why(one),
            )
            for one in refused
        ],
    )


def _why(one: Mapping[str, Any]) -> str:
    problem = one.get("problem") or one.get("refusal") or one.get("error")
    if isinstance(problem, Mapping):
        return text(problem, "detail") or text(problem, "title")
    return str(problem or "")
