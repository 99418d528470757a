"""``docs/trust.md`` names every requirement, and only tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRUST = ROOT / "docs" / "trust.md"
COUNTS = {
    "AUTH": 11, "AUTHZ": 10, "INP": 12, "PII": 11, "CON": 8, "DUR": 8, "OVR": 5, "OPS": 7, "SUP": 5,
}  # fmt: skip
ROWS = re.compile(r"^- \*\*([A-Z]+-\d\d)\*\*(.*?)(?=^- \*\*|^## |\Z)", re.MULTILINE | re.DOTALL)
NODE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_requirement_is_listed_once():
    found = [name for name, _ in ROWS.findall(TRUST.read_text())]

    assert found == [
        f"{kind}-{n:02}" for kind, count in COUNTS.items() for n in range(1, count + 1)
    ]


def test_every_requirement_is_shown_by_a_test_or_says_openly_that_none_does():
    silent = [
        name
        for name, below in ROWS.findall(TRUST.read_text())
        if not NODE.search(below) and "Open: " not in below
    ]

    assert silent == []


def test_every_test_that_is_named_exists():
    named = NODE.findall(TRUST.read_text())

    assert len(named) > 150
    assert [f"{path}::{test}" for path, test in named if test not in known_in(path)] == []


@cache
def known_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text()) if (ROOT / path).exists() else ast.Module([], [])
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, functions))
