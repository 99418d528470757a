"""Assertions are verified once, and never believed longer than they last."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.chassis.edge.assertions import ASSERTION_SECONDS, load_key, sign_actor
from services.chassis.edge.heard import CAPACITY, Heard
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Unauthenticated

NOW = utc_now()
ANNA = Actor(Kind.STAFF, UUID(int=7), name="Anna", auth="password")


@pytest.fixture
def key(keys_dir):
    return load_key(keys_dir / "gateway.jwk")


def test_an_assertion_heard_again_speaks_for_the_same_actor(key, trust):
    heard, token = Heard(trust, "membership"), sign_actor(key, ANNA, "membership", NOW)

    assert heard.actor(token, NOW) == ANNA
    assert heard.actor(token, NOW + timedelta(seconds=ASSERTION_SECONDS - 1)) == ANNA


def test_an_assertion_heard_before_is_refused_after_its_end(key, trust):
    heard, token = Heard(trust, "membership"), sign_actor(key, ANNA, "membership", NOW)
    heard.actor(token, NOW)

    for seconds in (ASSERTION_SECONDS, ASSERTION_SECONDS + 1):
        with pytest.raises(Unauthenticated):
            heard.actor(token, NOW + timedelta(seconds=seconds))


def test_an_assertion_for_another_audience_or_altered_is_never_kept(key, trust):
    heard, token = Heard(trust, "membership"), sign_actor(key, ANNA, "identity", NOW)
    good = sign_actor(key, ANNA, "membership", NOW)
    heard.actor(good, NOW)

    for wrong in (token, good[:-2] + ("AA" if good[-2:] != "AA" else "BB"), "", "ü.ü.ü"):
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                heard.actor(wrong, NOW)


def test_what_is_kept_is_bounded(key, trust):
    heard, token = Heard(trust, "membership"), sign_actor(key, ANNA, "membership", NOW)
    end = (NOW + timedelta(seconds=30)).timestamp()
    heard._known = {
        number.to_bytes(32, "big"): (ANNA, end, "gateway") for number in range(CAPACITY)
    }

    assert heard.actor(token, NOW) == ANNA
    assert len(heard._known) == CAPACITY
