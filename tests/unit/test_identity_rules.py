"""The rules of identity against the words of the security requirements."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.actors import Role
from services.chassis.kernel.refusals import Refusal, TooMany
from services.identity.app import COMMON_PASSWORDS
from services.identity.domain.account import LIFECYCLE, Action, State, account_name
from services.identity.domain.lockout import FAILURES, Attempts
from services.identity.domain.passwords import LONGEST, normalised, password_fault
from services.identity.domain.phone_codes import refuse_if_too_often
from services.identity.domain.policy import Policy
from services.identity.domain.roles import CASE_ROLES, GRANTABLE, OVERSIGHT, Held, excluding
from services.identity.domain.second_factor import (
    accepted_step,
    current_code,
    new_totp_secret,
    provisioning_uri,
)
from services.identity.domain.secrets import (
    activation_fingerprint,
    fingerprint,
    is_same,
    new_activation_code,
    new_phone_code,
    new_secret,
)
from services.identity.domain.standing import GrantAt, places, standing, token_seconds

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
TODAY = date(2026, 3, 2)
COMMON = frozenset(Path(COMMON_PASSWORDS).read_text().split())

HANDBOOK = {
    ("invited", "activate", "system"): "active",
    ("invited", "reinvite", "administrator"): "invited",
    ("active", "reinvite", "administrator"): "invited",
    ("active", "suspend", "administrator"): "suspended",
    ("suspended", "resume", "administrator"): "active",
    ("invited", "close", "administrator"): "closed",
    ("active", "close", "administrator"): "closed",
    ("suspended", "close", "administrator"): "closed",
}


@pytest.mark.parametrize(("state", "action", "role"), list(product(State, Action, Role)))
def test_account_lifecycle_allows_exactly_what_the_handbook_says(state, action, role):
    try:
        outcome = LIFECYCLE.after(state, action, {role})
    except Refusal:
        outcome = None

    assert outcome == HANDBOOK.get((state, action, role))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Li.Jingban", "li.jingban"),
        (" ｌｉ．ｊｉｎｇｂａｎ ", "li.jingban"),
        ("li", None),
        ("李经办", None),
        ("-li-", None),
        ("", None),
    ],
)
def test_account_names_have_one_spelling(typed, name):
    assert account_name(typed) == name


def test_five_failures_within_fifteen_minutes_lock():
    attempts = Attempts()
    for _ in range(FAILURES):
        assert not attempts.is_locked(NOW)
        attempts = attempts.failed(NOW)

    assert attempts.is_locked(NOW)
    assert attempts.is_locked(NOW + timedelta(minutes=14))
    assert not attempts.is_locked(NOW + timedelta(minutes=15))


def test_failures_spread_over_more_than_fifteen_minutes_do_not_lock():
    attempts, at = Attempts(), NOW
    for _ in range(20):
        attempts = attempts.failed(at)
        at += timedelta(minutes=5)

    assert attempts.locks == 0


def test_each_lock_is_longer_than_the_one_before_and_a_quiet_day_forgives():
    attempts, at, pauses = Attempts(), NOW, []
    for _ in range(7):
        for _ in range(FAILURES):
            attempts = attempts.failed(at)
        pauses.append(attempts.locked_until - at)
        at = attempts.locked_until

    assert pauses == [timedelta(minutes=m) for m in (15, 30, 60, 120, 240, 240, 240)]
    assert attempts.failed(at + timedelta(days=1)).locks == 0


def test_failures_during_a_lock_do_not_lengthen_it():
    attempts = Attempts()
    for _ in range(FAILURES):
        attempts = attempts.failed(NOW)

    assert attempts.failed(NOW + timedelta(minutes=10)) == attempts


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "123456789012",
        "qwertyuiopas",
        "1qaz2wsx3edc",
        "zaq1xsw2cde3",
        "Password1234",
        "P@ssw0rd2026",
        "niangjia12351",
        "Gonghui-2026!",
        "woaini1314520",
        "li.jingban123",
        "administrator",
        "Welcome2Jiangsu",
        "abcdefghijkl",
        "2026030212345",
        "x" * 12,
        "correct\x00-Horse-77",
    ],
)
def test_guessable_passwords_are_refused(password):
    assert password_fault(password, COMMON, ("li.jingban", "李经办")) is not None


@pytest.mark.parametrize(
    "password",
    [
        "mulberry-Lantern-42",
        "thimble orchard 77 cloud",
        "vQ9#kLm2xTzR",
        "白菜豆腐三十六计走为上策也",
        "tractor walnut lighthouse",
        "gonghui-Thimble-orchard",
    ],
)
def test_good_passwords_need_no_kinds_of_characters(password):
    assert password_fault(password, COMMON, ("li.jingban", "李经办")) is None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_a_password_is_judged_whatever_it_holds_and_never_cut(password):
    plain = normalised(password)

    fault = password_fault(plain, COMMON, ("li.jingban",))

    if len(plain) < 12 or len(plain) > LONGEST:
        assert fault is not None
    assert normalised(plain) == plain


@pytest.mark.parametrize(("held", "wanted"), list(product(sorted(GRANTABLE), sorted(GRANTABLE))))
def test_roles_exclude_each_other_as_the_architecture_says(held, wanted):
    apart = excluding(Held(wanted, "a/b/"), [Held(held, "a/c/")])
    together = excluding(Held(wanted, "a/b/"), [Held(held, "a/")])

    oversight = {held, wanted} & OVERSIGHT and held != wanted
    money = {held, wanted} == {Role.APPROVER, Role.FINANCE}
    assert (apart is not None) == bool(oversight)
    assert (together is not None) == bool(oversight or money)


def test_every_role_that_can_be_granted_works_on_cases_or_oversees():
    assert set(Role) - {Role.WORKER, Role.SERVICE, Role.SYSTEM} == GRANTABLE
    assert not CASE_ROLES & OVERSIGHT


def grant(number, path, role, expires_on=None):
    return GrantAt(role, UUID(int=number), path, f"union {number}", expires_on)


GRANTS = [
    grant(2, "a/b/", Role.CLERK),
    grant(1, "a/", Role.REVIEWER),
    grant(3, "a/c/", Role.JUDGE, TODAY),
    grant(4, "a/d/", Role.MEDIATOR, TODAY - timedelta(days=1)),
]


def test_a_grant_reaches_downward_and_not_beside():
    assert standing(GRANTS, UUID(int=2), TODAY).roles == {Role.CLERK, Role.REVIEWER}
    assert standing(GRANTS, UUID(int=1), TODAY).roles == {Role.REVIEWER}
    assert standing(GRANTS, UUID(int=3), TODAY).roles == {Role.REVIEWER, Role.JUDGE}


def test_an_acting_union_without_a_grant_today_gives_way_to_the_highest():
    for acting in (None, UUID(int=4), UUID(int=9)):
        assert standing(GRANTS, acting, TODAY).union_id == UUID(int=1)
    tomorrow = TODAY + timedelta(days=1)
    assert standing(GRANTS, UUID(int=3), tomorrow).union_id == UUID(int=1)


def test_places_are_listed_from_the_top():
    assert [place.union_id.int for place in places(GRANTS, TODAY)] == [1, 2, 3]
    assert places([], TODAY) == []


def test_a_token_ends_with_whatever_ends_first():
    assert token_seconds(600, NOW, NOW + timedelta(hours=1)) == 600
    assert token_seconds(600, NOW, NOW + timedelta(hours=1), NOW + timedelta(seconds=9)) == 9
    assert token_seconds(600, NOW, NOW) == 1


def test_a_one_time_code_is_good_once_and_one_step_either_way():
    secret = new_totp_secret()
    code = current_code(secret, NOW)
    step = accepted_step(secret, code, NOW, None)

    assert step == int(NOW.timestamp()) // 30
    assert accepted_step(secret, code, NOW, step) is None
    assert accepted_step(secret, code, NOW + timedelta(seconds=30), None) == step
    assert accepted_step(secret, code, NOW - timedelta(seconds=30), None) == step
    assert accepted_step(secret, code, NOW + timedelta(seconds=60), None) is None
    assert (
        accepted_step(secret, current_code(secret, NOW - timedelta(seconds=30)), NOW, step) is None
    )


def test_an_authenticator_app_can_read_the_address():
    uri = provisioning_uri("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "li.jingban")

    assert pyotp.parse_uri(uri).secret == "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    assert pyotp.parse_uri(uri).name == "li.jingban"


def test_secrets_are_long_codes_are_short_and_both_are_compared_whole():
    assert len(new_secret()) >= 43
    assert len({new_secret() for _ in range(100)}) == 100
    assert all(len(new_phone_code()) == 6 for _ in range(100))
    code = new_activation_code()
    assert activation_fingerprint(code.lower().replace("-", " ")) == activation_fingerprint(code)
    assert is_same(fingerprint("a"), fingerprint("a"))
    assert not is_same(fingerprint("a"), fingerprint("b"))
    assert not is_same(None, fingerprint("a"))


def test_phone_codes_are_limited_by_what_was_asked_before():
    policy = Policy()
    minute = timedelta(minutes=1)

    refuse_if_too_often(policy, NOW, [], 0)
    refuse_if_too_often(policy, NOW, [NOW - minute], policy.codes_per_address_an_hour - 1)
    refuse_if_too_often(policy, NOW, [NOW - timedelta(days=1)] * 50, 0)
    for before, from_there in (
        ([NOW - timedelta(seconds=59)], 0),
        ([NOW - minute * n for n in range(1, 11)], 0),
        ([], policy.codes_per_address_an_hour),
    ):
        with pytest.raises(TooMany) as refused:
            refuse_if_too_often(policy, NOW, before, from_there)
        assert refused.value.retry_after > 0
