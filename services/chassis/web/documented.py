"""What every operation's document says of refusals."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.chassis.edge import problems as problem_module
from services.chassis.edge.problems import MEDIA_TYPE, STATUS
from services.chassis.kernel.refusals import Refusal


class FieldErrorOut(BaseModel):
    """What is wrong at one place of the input."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details; ``detail`` says in Chinese what the person can do."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/not-found",
                    "title": "没有找到",
                    "status": 404,
                    "detail": "没有找到这条记录，请核对编号。",
                    "request_id": "0193a5c2b7e07c3e8f10",
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    detail: str
    request_id: str = ""
    errors: list[FieldErrorOut] | None = None


ALWAYS = (400, 401, 403, 405, 413, 415, 422, 429, 503, 504)
TITLES = {status: kind.title for kind, status in reversed(STATUS.items())}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation that may also refuse with ``statuses``."""
    return {
        status: {
            "description": TITLES.get(status, HTTPStatus(status).phrase),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "每次提交生成一个唯一值；同一值再次提交得到第一次的答复。",
    "schema": {"type": "string", "minLength": 16, "maxLength": 64},
}


def documented(extra: dict[str, Any] | None, marks: frozenset[str]) -> dict[str, Any]:
    """What the route class asks of a request, said in the operation's document."""
    said = dict(extra or {})
    said["security"] = [] if "public" in marks else [{"bearer": []}]
    if "idempotent" in marks:
        others = [p for p in said.get("parameters", ()) if p["name"] != KEY["name"]]
        said["parameters"] = [*others, KEY]
    return said


def problem_titles() -> dict[str, str]:
    """Every problem type that this service may answer with, and its title.

    What a peer answered with and tests make up has no place in the contract.
    """
    return {
        kind.code: kind.title
        for kind in _below(Refusal)
        if "code" in vars(kind) and kind.__module__.startswith("services.") and not _is_passed(kind)
    }


def _is_passed(kind: type[Refusal]) -> bool:
    """Made on the way, for the code of a peer's own refusal."""
    return kind.__module__ == problem_module.__name__


def _below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _below(sub)
