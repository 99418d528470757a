"""The application's table against the handbook, for every state, action and role."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.calendar import shipped
from services.chassis.kernel.refusals import Forbidden, Refusal
from services.membership.domain.application import LIFECYCLE, Action, State, review_due
from services.membership.domain.policies import FourEyes, Hands, actions_for, refuse_own_hand

SELF = ("worker", "clerk")
DECIDE = ("reviewer", "approver")
HANDBOOK = {
    **{("draft", "submit", role): "submitted" for role in SELF},
    **{("returned", "submit", role): "submitted" for role in SELF},
    **{("submitted", "return", role): "returned" for role in DECIDE},
    **{("submitted", "admit", role): "admitted" for role in DECIDE},
    **{("submitted", "refuse", role): "refused" for role in DECIDE},
    **{("draft", "withdraw", role): "withdrawn" for role in SELF},
    **{("submitted", "withdraw", role): "withdrawn" for role in SELF},
    **{("returned", "withdraw", role): "withdrawn" for role in SELF},
    ("submitted", "escalate", "system"): "submitted",
}


@pytest.mark.parametrize(("state", "action", "role"), list(product(State, Action, Role)))
def test_lifecycle_allows_exactly_what_the_handbook_says(state, action, role):
    try:
        outcome = LIFECYCLE.after(state, action, {role})
    except Refusal:
        outcome = None

    assert outcome == HANDBOOK.get((state, action, role))


def test_every_state_can_be_reached():
    assert {LIFECYCLE.initial} | {m.target for m in LIFECYCLE.table.values()} == set(State)


def test_every_word_has_its_chinese():
    for word in (*State, *Action):
        assert any("\u4e00" <= c <= "\u9fff" for c in LIFECYCLE.label(word))


def staff(number: int, *roles: Role) -> Actor:
    return Actor(Kind.STAFF, UUID(int=number), "某人", roles=frozenset(roles))


def test_nobody_is_offered_a_decision_on_what_they_prepared():
    both = staff(7, Role.CLERK, Role.REVIEWER)
    hands = Hands(prepared_by=both.id, applicant_id=None)

    assert actions_for(both, State.SUBMITTED, hands) == [Action.WITHDRAW]
    with pytest.raises(FourEyes):
        refuse_own_hand(both, hands)


def test_nobody_decides_on_themselves():
    hands = Hands(prepared_by=UUID(int=1), applicant_id=UUID(int=7))

    with pytest.raises(Forbidden):
        refuse_own_hand(staff(7, Role.APPROVER), hands)


def test_a_worker_with_staff_roles_acts_as_a_worker_only():
    worker = Actor(Kind.WORKER, UUID(int=9), roles=frozenset({Role.WORKER, Role.REVIEWER}))

    assert actions_for(worker, State.SUBMITTED, Hands(worker.id, worker.id)) == [Action.WITHDRAW]


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-03-02", "2026-03-16"),  # ten plain working days
        ("2026-02-12", "2026-03-04"),  # over the Spring Festival; the 14th and 28th are worked
        ("2026-09-24", "2026-10-15"),  # over Mid-Autumn and the National Day week
    ],
)
def test_review_due_counts_ten_working_days(submitted, due):
    found = review_due(date.fromisoformat(submitted), 10, shipped())

    assert found.day == date.fromisoformat(due)
    assert not found.provisional


def test_review_due_beyond_the_known_calendar_is_provisional():
    assert review_due(date(2027, 3, 1), 10, shipped()).provisional
