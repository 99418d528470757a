"""What nobody types by mistake: texts, numbers and bodies that break readers of less care."""

from collections.abc import Iterator
from typing import Any

# Texts, each for another reason.
TEXTS: tuple[str, ...] = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",  # half of a pair; JSON may carry it, UTF-8 may not
    "\udfff\ud800",
    "\ufeff",
    "\ufffe\uffff",
    "\u202e反着写\u202c",  # turns the direction of writing
    "\u200b\u200d\u2060",
    "\r\nSet-Cookie: a=b",
    "\x1b[2J\x07",
    "a" * 5000,
    "张" * 2000,
    "Z̡̛̹͎a̵̢l̷g̴o̸" * 30,
    "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳",
    "0" * 100_000,
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "Infinity",
    "0x7f",
    "１２３",
    "null",
    "true",
    "[]",
    "' or '1'='1' --",
    "'; drop table membership.people; --",
    "%' escape '",
    "\\",
    "%",
    "_",
    "$(id)`id`|id;id",
    "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    '=HYPERLINK("http://evil.example")',
    "(a+)+$",
    '{"$gt": ""}',
    "2026-02-30",
    "9999-12-31T23:59:60Z",
    "00000000-0000-0000-0000-000000000000",
)
# Values of another kind than the one that is meant.
OTHERS: tuple[Any, ...] = (None, True, 0, -1, 10**30, 1.5, [], [[]], {}, {"a": 1}, ["\x00"])

# Bodies that are no JSON, or more JSON than anybody needs.
BROKEN: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("a brace", b"{"),
    ("half a text", b'{"text": "'),
    ("broken UTF-8", b'{"text": "\xff\xfe\xc3\x28"}'),
    ("UTF-16", '{"text": "a"}'.encode("utf-16")),
    ("a byte order mark", b"\xef\xbb\xbf{}"),
    ("half of a pair", b'{"text": "\\ud800"}'),
    ("NUL", b'{"text": "\\u0000"}'),
    ("a name of NUL", b'{"\\u0000": 1}'),
    ("not a number", b'{"text": NaN}'),
    ("infinity", b'{"text": -Infinity}'),
    ("a number of 10^5 digits", b'{"text": ' + b"9" * 60_000 + b"}"),
    ("an exponent", b'{"text": 1e999999999}'),
    ("one name twice", b'{"text": "a", "text": {"b": 1}}'),
    ("lists in lists", b"[" * 30_000 + b"]" * 30_000),
    ("objects in objects", b'{"a":' * 9_000 + b"1" + b"}" * 9_000),
    ("a list", b"[]"),
    ("a text", b'"text"'),
    ("a number", b"1"),
    ("null", b"null"),
    ("a list of many", b"[" + b"1," * 30_000 + b"1]"),
)


def texts_in(body: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a body holds a value that may be replaced."""
    if isinstance(body, dict):
        for name, below in body.items():
            yield from texts_in(below, (*at, name))
    elif isinstance(body, list):
        for number, below in enumerate(body):
            yield from texts_in(below, (*at, number))
    else:
        yield at


def replaced(body: Any, at: tuple[str | int, ...], value: Any) -> Any:
    """The body with one value changed."""
    if not at:
        return value
    head, *rest = at
    if isinstance(body, dict):
        return body | {head: replaced(body[head], tuple(rest), value)}
    changed = list(body)
    changed[int(head)] = replaced(body[int(head)], tuple(rest), value)
    return changed


def objects_in(body: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a body holds an object, itself among them."""
    if isinstance(body, dict):
        yield at
        for name, below in body.items():
            yield from objects_in(below, (*at, name))
    elif isinstance(body, list):
        for number, below in enumerate(body):
            yield from objects_in(below, (*at, number))


def found_at(body: Any, at: tuple[str | int, ...]) -> Any:
    for step in at:
        body = body[step]
    return body
