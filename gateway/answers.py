"""Answers that the gateway gives by itself, and the way every answer goes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from gateway import plain_page
from gateway.headers import security_of
from gateway.refusals import http_status
from services.chassis.edge.problems import problem
from services.chassis.kernel.refusals import MethodNotAllowed, Refusal

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Local:
    """A whole answer of our own."""

    status: int
    headers: Headers
    body: bytes


STATUS_LINES = {
    status: b"HTTP/1.1 %d %b\r\n" % (status, phrase.encode())
    for status in range(100, 600)
    for phrase in [HTTPStatus(status).phrase if status in set(HTTPStatus) else ""]
}


def head_of(status: int, fields: Iterable[tuple[bytes, bytes]], *more: bytes) -> bytes:
    """The head of any answer; every one carries the security fields. ``more`` are whole lines."""
    lines = [b"%b: %b\r\n" % field for field in fields]
    return b"".join([STATUS_LINES[status], *lines, security_of(fields), *more, b"\r\n"])


def json_answer(document: Any, status: int = 200, cache: str = "no-store") -> Local:
    """A JSON document."""
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"cache-control", cache.encode()),
    ]
    return Local(status, headers, orjson.dumps(document))


def page_answer(page: bytes, status: int = 200, cache: str = "no-store") -> Local:
    """A small page of our own."""
    headers = [
        (b"content-type", plain_page.TYPE),
        (b"content-security-policy", plain_page.CSP),
        (b"cache-control", cache.encode()),
    ]
    return Local(status, headers, page)


def text_answer(text: str, status: int = 200) -> Local:
    """A line of text."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
    ]
    return Local(status, headers, text.encode())


def refused(refusal: Refusal, request_id: str, *, page: bool, close: bool = False) -> Local:
    """A refusal: a problem document, or a page for a person in front of a browser."""
    status = http_status(refusal)
    _, fields, body = problem(refusal, request_id)
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    if isinstance(refusal, MethodNotAllowed):
        headers.append((b"allow", ", ".join(_allowed(refusal)).encode()))
    if close:
        headers.append((b"connection", b"close"))
    if page:
        kept = [pair for pair in headers if pair[0] not in (b"content-type", b"cache-control")]
        shown = page_answer(
            plain_page.refusal_page(refusal.title, refusal.detail, request_id), status
        )
        return Local(status, [*kept, *shown.headers], shown.body)
    if f'"status":{status}'.encode() not in body:
        body = orjson.dumps(orjson.loads(body) | {"status": status})
    return Local(status, headers, body)


def _allowed(refusal: Refusal) -> list[str]:
    allowed = refusal.context.get("allow", ())
    return [str(method) for method in allowed] if isinstance(allowed, list | tuple) else []
