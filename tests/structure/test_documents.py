"""What is generated from the code is committed as the code says it."""

import re
from pathlib import Path

from deploy import docs

ROOT = Path(__file__).resolve().parents[2]


def test_the_generated_pages_are_up_to_date():
    wanted = docs.pages()
    found = {path: path.read_text() for path in wanted if path.exists()}

    assert found == wanted, "run `make fix`"
    assert set((ROOT / "docs" / "lifecycles").glob("*.md")) <= set(wanted)


def test_every_decision_names_what_enforces_it():
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))

    assert decisions
    for path in decisions:
        assert "Enforced by:" in path.read_text(), path.name


def test_both_readmes_give_the_two_commands():
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text()
        assert re.search(r"make run", text)
        assert re.search(r"make test", text)
