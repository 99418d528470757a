"""A sealed value opens in its own place with a known key, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.data.sealed import DataKey, SealBroken, Sealer

WHERE = "people:0193:number"
NUMBER = b"320102199001011234"


def keys(seal: str = "aes-256-gcm", blind: str = "hmac-sha256") -> list[DataKey]:
    size = 16 if seal == "sm4-gcm" else 32
    return [
        DataKey(1, "seal", seal, b"s" * size, active=True),
        DataKey(2, "blind", blind, b"b" * 32, active=True),
    ]


SUITES = [keys(), keys("sm4-gcm", "hmac-sm3")]


@pytest.mark.parametrize("suite", SUITES, ids=["international", "national"])
def test_seal_opens_in_its_place(suite):
    sealer = Sealer(suite)

    sealed = sealer.seal(NUMBER, WHERE)

    assert sealer.open(sealed, WHERE) == NUMBER
    assert NUMBER not in sealed
    assert len(sealed) == 33 + len(NUMBER)


@pytest.mark.parametrize("suite", SUITES, ids=["international", "national"])
def test_seal_refuses_another_place(suite):
    sealer = Sealer(suite)
    sealed = sealer.seal(NUMBER, WHERE)

    with pytest.raises(SealBroken, match="people:0194:number was altered"):
        sealer.open(sealed, "people:0194:number")


@pytest.mark.parametrize("suite", SUITES, ids=["international", "national"])
@given(data=st.data())
def test_seal_notices_any_changed_byte(suite, data):
    sealer = Sealer(suite)
    sealed = bytearray(sealer.seal(NUMBER, WHERE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealBroken):
        sealer.open(bytes(sealed), WHERE)


@pytest.mark.parametrize("length", [0, 1, 4, 5, 16, 32])
def test_seal_notices_what_is_cut_short(length):
    sealer = Sealer(keys())

    with pytest.raises(SealBroken):
        sealer.open(sealer.seal(NUMBER, WHERE)[:length], WHERE)


def test_seal_with_an_unknown_key_says_so_without_the_value():
    other = Sealer([DataKey(9, "seal", "aes-256-gcm", b"o" * 32, active=True)])

    with pytest.raises(SealBroken, match="a key that this process does not have") as caught:
        Sealer(keys()).open(other.seal(NUMBER, WHERE), WHERE)

    assert NUMBER.decode() not in str(caught.value)


def test_seal_reads_what_an_earlier_key_sealed():
    old = keys()
    retired = DataKey(1, "seal", "aes-256-gcm", b"s" * 32, active=False)
    sealed = Sealer(old).seal(NUMBER, WHERE)
    sealer = Sealer([retired, DataKey(3, "seal", "sm4-gcm", b"n" * 16, active=True), old[1]])

    assert sealer.open(sealed, WHERE) == NUMBER
    assert not sealer.is_current(sealed)
    assert sealer.is_current(sealer.seal(NUMBER, WHERE))


def test_seal_twice_looks_different():
    sealer = Sealer(keys())

    assert sealer.seal(NUMBER, WHERE) != sealer.seal(NUMBER, WHERE)


def test_seal_json_keeps_the_value():
    sealer = Sealer(keys())
    value = {"name": "王小美", "numbers": [1, None]}

    assert sealer.open_json(sealer.seal_json(value, WHERE), WHERE) == value


def test_seal_many_seals_each_in_its_place():
    sealer = Sealer(keys())
    wheres = [f"people:{n}:number" for n in range(1000)]

    sealed = sealer.seal_many([NUMBER] * 1000, wheres)

    assert [sealer.open(one, where) for one, where in zip(sealed, wheres, strict=True)] == [
        NUMBER
    ] * 1000
    assert len({one[5:17] for one in sealed}) == 1000


@pytest.mark.parametrize("suite", SUITES, ids=["international", "national"])
def test_blind_finds_equal_values_of_one_purpose_only(suite):
    sealer = Sealer(suite)

    index = sealer.blind("document", "320102199001011234")

    assert len(index) == 16
    assert index == Sealer(suite).blind("document", "320102199001011234")
    assert index != sealer.blind("document", "320102199001011235")
    assert index != sealer.blind("phone", "320102199001011234")
    assert sealer.blind_many("document", ["320102199001011234"]) == [index]


def test_keys_show_no_secret():
    assert "sss" not in repr(keys())
    assert b"s" * 32 not in repr(Sealer(keys())).encode()
