"""What the audit is asked for is text that a database can hold."""

import pytest
from pydantic import ValidationError

from services.chassis.web.audit import AuditFilter


@pytest.mark.parametrize("action", ["登录\x00", "\x00", "登录\ud800", "a" * 81])
def test_an_action_that_no_keyboard_types_is_refused(action):
    with pytest.raises(ValidationError):
        AuditFilter(action=action)


def test_an_action_is_looked_for_as_it_was_typed():
    assert AuditFilter(action="application.submitted").action == "application.submitted"
