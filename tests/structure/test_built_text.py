"""Nothing that runs is built from what somebody sent: no statement, no template, no command."""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("services", "gateway", "frontend")
# What carries a text to the database as a statement.
STATEMENTS = {"text", "execute", "exec_driver_sql", "fetch", "fetchrow", "fetchval", "executemany"}
BOUND = 0.05
KIBIBYTE = 1024
# What makes an expression go back and forth: what it repeats, and then what it does not expect.
PUMPS = (
    "a",
    "0",
    " ",
    "-",
    "张",
    "aA",
    "a ",
    "0.",
    "/",
    "a/",
    '"',
    "\\",
    "a@",
    "·",
    "=",
    "a.",
    "%61",
)
ENDS = ("!", "\x00", "\n", "")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            of = node.func
            yield (of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")), node


def is_built(node: ast.expr) -> bool:
    """A text put together from values, where values should be parameters."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(one, ast.FormattedValue) for one in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        sides = (node.left, node.right)
        return any(isinstance(s, ast.Constant) and isinstance(s.value, str) for s in sides)
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return named and node.func.attr == "format"  # type: ignore[attr-defined]  # named says so


# They put names of tables into statements, which cannot be parameters and are in our own metadata.
NAMES_OF_OURS = {
    "services/chassis/data/audit_clock.py",
    "services/chassis/data/rotation/next_columns.py",
    "services/chassis/web/health.py",
}


def test_no_statement_is_built_from_what_somebody_sent():
    built = {
        path
        for path, tree in modules()
        for name, call in calls(tree)
        if name in STATEMENTS and call.args and is_built(call.args[0])
    }

    assert built == NAMES_OF_OURS


def test_nobody_writes_templates_but_we():
    made = {
        (path, name)
        for path, tree in modules()
        for name, _ in calls(tree)
        if name in {"from_string", "Template", "eval", "exec", "compile_expression"}
    }

    assert {one for one in made if not one[0].startswith("frontend/templates")} == set()


def test_no_command_goes_through_a_shell():
    shelled = [
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for name, call in calls(tree)
        if name in {"system", "popen", "create_subprocess_shell"}
        or any(key.arg == "shell" and isinstance(key.value, ast.Constant) for key in call.keywords)
    ]

    assert shelled == []


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression that our code writes down."""
    for path, tree in modules():
        for name, call in calls(tree):
            of = call.func
            ours = isinstance(of, ast.Attribute) and getattr(of.value, "id", "") == "re"
            if ours and name != "escape" and call.args and isinstance(call.args[0], ast.Constant):
                yield f"{path}:{call.lineno}", call.args[0].value


@pytest.mark.parametrize(("where", "pattern"), sorted(set(expressions())))
def test_no_expression_takes_long_over_64_kib(where, pattern):
    """INP-12: repeated and then disappointed, in whatever way it is used."""
    if isinstance(pattern, bytes):
        pattern = pattern.decode("latin-1")
    compiled = re.compile(pattern)
    slow = []
    for pump in PUMPS:
        for end in ENDS:
            hostile = (pump * (64 * KIBIBYTE // len(pump))) + end
            began = time.process_time()
            compiled.fullmatch(hostile)
            compiled.match(hostile)
            taken = time.process_time() - began
            if taken > BOUND:
                slow.append((pump, end, round(taken, 3)))

    assert slow == []
