"""The buckets behind the limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.inbound import limited_as
from gateway.limits import POLICIES, Buckets, in_words, tightest


def test_quota_at_once_then_one_for_each_share_of_the_window() -> None:
    buckets = Buckets()
    quota = POLICIES["log-in"].quota

    first = [buckets.knock("log-in", "a", 100.0) for _ in range(quota + 1)]

    assert [reading.allowed for reading in first] == [True] * quota + [False]
    assert [reading.remaining for reading in first[:2]] == [quota - 1, quota - 2]
    assert first[-1].retry_after == 1
    assert buckets.knock("log-in", "a", 101.0).allowed
    assert not buckets.knock("log-in", "a", 101.0).allowed
    assert buckets.knock("log-in", "b", 101.0).allowed


def test_waiting_as_told_is_enough() -> None:
    buckets = Buckets(0.01)
    reading = buckets.knock("upload", "a", 0.0)
    now = 0.0
    for _ in range(20):
        reading = buckets.knock("upload", "a", now)
        if not reading.allowed:
            now += reading.retry_after
            assert buckets.knock("upload", "a", now).allowed


@given(st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_never_more_than_quota_and_refill(pauses: list[float]) -> None:
    buckets = Buckets(0.1)
    quota, now, let_in = 6, 0.0, 0
    for pause in pauses:
        now += pause
        let_in += buckets.knock("log-in", "a", now).allowed

    assert let_in <= quota + now * quota / 60 + 1e-6


def test_memory_is_bounded_and_full_buckets_go_first() -> None:
    buckets = Buckets(capacity=100)
    for number in range(1000):
        assert buckets.knock("anonymous", str(number), 0.0).allowed

    assert len(buckets._full_at) <= 100


def test_tightest_reading_is_told() -> None:
    buckets = Buckets()
    general, tight = buckets.knock("anonymous", "a", 0.0), buckets.knock("log-in", "a", 0.0)

    assert tightest([general, tight]) is tight
    assert tightest([]) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, " 1 秒"), (59, " 59 秒"), (61, "约 2 分钟"), (7200, "约 2 小时")]
)
def test_waiting_time_in_words(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("address", "counted"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("", "")],
)
def test_ipv6_household_counts_as_one(address: str, counted: str) -> None:
    assert limited_as(address) == counted
