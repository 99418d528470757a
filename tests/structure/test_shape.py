"""The code keeps its shape: sizes, names, words; a failing line names the file to change."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("services", "gateway", "frontend")
LONGEST_FILE = 250
LONGEST_FUNCTION = 50
VAGUE = {"utils", "util", "common", "base", "misc", "helpers", "helper", "manager", "managers"}


def sources(*folders: str) -> list[Path]:
    found = [p for folder in folders for p in sorted((ROOT / folder).rglob("*.py"))]
    return [p for p in found if "node_modules" not in p.parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", sources(*PARTS), ids=name)
def test_a_file_fits_the_mind_and_a_function_fits_a_screen(path):
    long = [
        f"{node.name} has {length} lines"
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert len(path.read_text().splitlines()) <= LONGEST_FILE
    assert long == []
    assert path.stem not in VAGUE


@pytest.mark.parametrize(
    "path",
    [p for p in sources("services") if "usecases" in p.parts and p.stem != "__init__"],
    ids=name,
)
def test_a_use_case_is_one_public_function_named_as_its_file(path):
    tree = ast.parse(path.read_text())
    public = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
    ]

    assert public == [path.stem]
    assert ast.get_docstring(tree), "a use case begins with the sentence a case worker would say"


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in sources("services")
        if p.stem != "__init__" and {"usecases", "domain", "chassis", "store"} & set(p.parts)
    ],
    ids=name,
)
def test_a_module_says_in_one_sentence_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", sources(*PARTS), ids=name)
def test_only_the_clock_module_reads_the_clock(path):
    if name(path) == "services/chassis/kernel/clock.py":
        return

    found = re.findall(r"datetime\.(?:now|utcnow|today)\(|date\.today\(", path.read_text())

    assert found == []


@pytest.mark.parametrize("path", sources("services"), ids=name)
def test_only_the_chassis_commits(path):
    if "chassis" in path.parts:
        return

    assert re.findall(r"\.commit\(\)", path.read_text()) == []


def test_suppressions_are_rare_and_each_has_a_reason():
    lines = [
        (name(path), line.strip())
        for path in sources(*PARTS)
        for line in path.read_text().splitlines()
    ]
    silenced = [(p, line) for p, line in lines if re.search(r"# (noqa|type: ignore)", line)]
    bare = [
        (p, line)
        for p, line in silenced
        if not re.search(r"# (noqa: \w+(, ?\w+)*\s+(--|#) \S|type: ignore\[[\w-]+\]\s+# \S)", line)
    ]

    assert bare == []
    assert len(silenced) <= 2 * len(lines) / 1000 + 1


def test_nothing_committed_names_a_registry_host():
    pattern = re.compile(r"index-url|\"resolved\":|https?://[^\s\"]*/simple\b|https?://registry\.")
    files = [
        ROOT / n
        for n in ("pyproject.toml", "requirements.lock", "requirements-dev.lock", "Makefile")
    ]
    files += list((ROOT / "frontend").glob("*.json")) + [
        p for p in (ROOT / "deploy").rglob("*") if p.is_file()
    ]

    found = [
        name(p)
        for p in files
        if p.suffix != ".pyc" and pattern.search(p.read_text(errors="ignore"))
    ]

    assert found == []
