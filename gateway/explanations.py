"""What each refusal means and what to do: the pages behind ``/problems/<code>``."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from gateway.plain_page import plain_page
from gateway.refusals import http_status
from services.chassis.kernel.refusals import Refusal

WORDS = Path(__file__).with_name("problems.toml")


@dataclass(frozen=True, slots=True)
class Explanation:
    """For a person who reads it and for a developer who meets it."""

    title: str
    status: int
    meaning: str
    advice: str


def read_words() -> dict[str, dict[str, str]]:
    """code -> what it means and what to do, from the table beside this module."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def refusal_kinds(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal class that is loaded in this process."""
    yield kind
    for below in kind.__subclasses__():
        yield from refusal_kinds(below)


def explain(
    code: str, words: Mapping[str, Mapping[str, str]], from_services: Mapping[str, str]
) -> Explanation | None:
    """The explanation of a code; a service's own codes are explained by its document."""
    if code in words:
        kind = next((k for k in refusal_kinds() if k.code == code), None)
        meaning, advice = words[code]["meaning"], words[code]["advice"]
        title = kind.title if kind else meaning.rstrip("。")
        return Explanation(title, http_status(_sample(kind)) if kind else 409, meaning, advice)
    if code in from_services:
        return Explanation(
            from_services[code], 409, from_services[code] + "。",
            "请看回答中的说明（detail），按说明调整后再试。",
        )  # fmt: skip
    return None


def as_page(code: str, found: Explanation) -> bytes:
    """The explanation for a reader."""
    return plain_page(
        found.title,
        f"<dl>\n<dt>含义</dt><dd>{escape(found.meaning)}</dd>\n"
        f"<dt>怎么办</dt><dd>{escape(found.advice)}</dd>\n"
        f"<dt>代码</dt><dd><code>{escape(code)}</code></dd>\n</dl>\n"
        '<p><a href="/api/docs">接口文档</a>　<a href="/">回到首页</a></p>',
    )


def as_json(code: str, found: Explanation) -> dict[str, object]:
    """The explanation for a program."""
    return {
        "type": f"/problems/{code}",
        "title": found.title,
        "status": found.status,
        "meaning": found.meaning,
        "advice": found.advice,
    }


def _sample(kind: type[Refusal]) -> Refusal:
    sample = kind.__new__(kind)
    Refusal.__init__(sample, "")
    return sample
