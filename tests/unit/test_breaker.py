"""A peer that fails is left alone for a while, then asked carefully."""

import pytest

from services.chassis.edge.breaker import Breaker, CircuitOpen


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return Breaker(clock)


def call(breaker, *, ok):
    breaker.record(ok=ok, trial=breaker.admit())


def test_breaker_opens_after_enough_failures(breaker):
    for _ in range(4):
        call(breaker, ok=False)

    with pytest.raises(CircuitOpen) as caught:
        breaker.admit()
    assert caught.value.retry_after == 5


def test_breaker_bears_a_minority_of_failures(breaker):
    for number in range(30):
        call(breaker, ok=number % 3 != 2)

    assert not breaker.is_open


def test_breaker_forgets_old_failures(breaker, clock):
    for _ in range(30):
        call(breaker, ok=False)
        clock.now += 21

    assert not breaker.is_open


def test_breaker_lets_one_call_try_after_the_rest(breaker, clock):
    for _ in range(4):
        call(breaker, ok=False)
    clock.now += 5

    trial = breaker.admit()

    assert trial
    with pytest.raises(CircuitOpen):
        breaker.admit()
    breaker.record(ok=True, trial=trial)
    assert not breaker.admit()


def test_breaker_rests_again_when_the_trial_fails(breaker, clock):
    for _ in range(4):
        call(breaker, ok=False)
    clock.now += 5
    call(breaker, ok=False)
    clock.now += 4.9

    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_breaker_ignores_what_was_asked_before_it_opened(breaker):
    early = breaker.admit()
    for _ in range(4):
        call(breaker, ok=False)

    breaker.record(ok=True, trial=early)

    assert breaker.is_open


def test_breaker_tries_again_after_a_trial_that_told_nothing(breaker, clock):
    for _ in range(4):
        call(breaker, ok=False)
    clock.now += 5

    breaker.release(trial=breaker.admit())

    assert breaker.admit()
