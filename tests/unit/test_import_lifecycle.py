"""The life of an imported sheet is the handbook's, for every state, action and role."""

from itertools import product

import pytest

from services.chassis.kernel.actors import Role
from services.chassis.kernel.refusals import Refusal
from services.membership.domain.import_batch import (
    LABELS,
    LIFECYCLE,
    Action,
    RowState,
    State,
    actions_for,
)

ROLES = (Role.CLERK, Role.REVIEWER, Role.AUDITOR, Role.SYSTEM)
HANDBOOK = {
    ("received", "check", "system"): "checking",
    ("checking", "check", "system"): "checking",
    ("checking", "finish_check", "system"): "checked",
    ("received", "fail", "system"): "failed",
    ("checking", "fail", "system"): "failed",
    ("applying", "fail", "system"): "failed",
    ("undoing", "fail", "system"): "failed",
    ("failed", "confirm", "clerk"): "applying",
    ("failed", "reverse", "clerk"): "undoing",
    ("checked", "mend", "clerk"): "checked",
    ("checked", "confirm", "clerk"): "applying",
    ("applying", "finish_apply", "system"): "applied",
    ("received", "cancel", "clerk"): "cancelled",
    ("checking", "cancel", "clerk"): "cancelled",
    ("checked", "cancel", "clerk"): "cancelled",
    ("applying", "cancel", "clerk"): "cancelled",
    ("applied", "reverse", "clerk"): "undoing",
    ("cancelled", "reverse", "clerk"): "undoing",
    ("undoing", "finish_reverse", "system"): "undone",
}


@pytest.mark.parametrize(("state", "action", "role"), list(product(State, Action, ROLES)))
def test_lifecycle_allows_exactly_what_the_handbook_says(state, action, role):
    try:
        outcome = LIFECYCLE.after(state, action, (role,))
    except Refusal:
        outcome = None

    assert outcome == HANDBOOK.get((state, action, role))


def test_every_word_has_a_label():
    assert set(LABELS) == {*State, *Action, *RowState}


def test_actions_leave_out_what_would_do_nothing():
    clerk = frozenset({Role.CLERK})

    assert actions_for(State.CHECKED, clerk, 1, 0) == [Action.MEND, Action.CONFIRM, Action.CANCEL]
    assert actions_for(State.CHECKED, clerk, 0, 0) == [Action.MEND, Action.CANCEL]
    assert actions_for(State.APPLIED, clerk, 0, 3) == [Action.REVERSE]
    assert actions_for(State.CANCELLED, clerk, 0, 0) == []
    assert actions_for(State.FAILED, clerk, 0, 0) == []
    assert actions_for(State.FAILED, clerk, 2, 3) == [Action.CONFIRM, Action.REVERSE]
    assert actions_for(State.APPLIED, frozenset({Role.REVIEWER}), 0, 3) == []
