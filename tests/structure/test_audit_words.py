"""Whatever the services write into the audit, the audit page says in words."""

import re
from pathlib import Path

from frontend.views.audit import ACTIONS

SERVICES = Path(__file__).resolve().parents[2] / "services"
WRITTEN = re.compile(
    r"""\b(?:record|audited|audit_values|find_disclosed)\(\s*(?:[\w.]+,\s*)*"([a-z-]+\.[a-z-]+)["']"""
)


def test_every_action_in_the_audit_has_a_word():
    sources = (path.read_text(encoding="utf-8") for path in SERVICES.rglob("*.py"))
    written = {action for source in sources for action in WRITTEN.findall(source)}

    assert len(written) > 30
    assert written - set(ACTIONS) == set()
