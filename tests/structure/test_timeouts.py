"""Every wait on somebody else has an end (OVR-02): read from the source, so that none is missed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.data.store import SERVER_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("services", "gateway", "frontend")
# What opens connections or asks somebody: the words that must be among the arguments.
# fmt: off
ENDS: dict[str, tuple[str, ...]] = {
    "ClientSession":       ("timeout",),
    "create_pool":         ("timeout", "command_timeout"),
    "create_async_engine": ("connect_args",),
    "urlopen":             ("timeout",),
    "AsyncClient":         ("timeout",),
    "open_connection":     ("timeout",),
    "create_connection":   ("timeout",),
}
LIBRARIES: dict[str, tuple[str, ...]] = {
    "asyncpg.connect":     ("timeout",),
    "psycopg.connect":     ("connect_timeout",),
    "httpx.get":           ("timeout",),
    "httpx.Client":        ("timeout",),
}
# fmt: on


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    tree = ast.parse(path.read_text())
    timed = {id(inner) for node in ast.walk(tree) if is_timed(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in timed:
            yield ast.unparse(node.func), node


def is_timed(node: ast.AST) -> bool:
    """``async with asyncio.timeout(...)`` ends whatever is waited for inside."""
    return isinstance(node, ast.AsyncWith) and any(
        ast.unparse(item.context_expr).startswith("asyncio.timeout") for item in node.items
    )


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def endless(path: Path) -> list[str]:
    found = []
    for name, call in calls(path):
        wanted = LIBRARIES.get(name) or ENDS.get(name.rpartition(".")[2], ())
        given = {keyword.arg for keyword in call.keywords}
        if missing := [word for word in wanted if word not in given]:
            found.append(f"{path.relative_to(ROOT)}:{call.lineno} {name} lacks {missing}")
    return found


def test_every_outgoing_connection_and_call_has_its_timeouts():
    assert [one for path in sources() for one in endless(path)] == []


def test_every_pool_of_connections_is_bounded():
    unbounded = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources()
        for name, call in calls(path)
        if name.endswith("TCPConnector")
        and not {"limit", "limit_per_host"} & {keyword.arg for keyword in call.keywords}
    ]

    assert unbounded == []


@pytest.mark.parametrize(
    "setting", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]
)
def test_the_database_ends_what_takes_too_long(setting: str):
    assert 0 < int(SERVER_SETTINGS[setting]) <= 60_000
