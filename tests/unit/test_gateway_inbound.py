"""Reading a request at the door."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.heads import Head
from gateway.inbound import Doorway, came_straight, request_id_of
from gateway.routes import RULES, Router
from services.chassis.kernel.refusals import Refusal

DOORWAY = Doorway(["niangjia.test"], ["10.0.0.0/8"])


def head(path: str = "/", *, peer: str = "198.51.100.1", **headers: str) -> Head:
    made = Head(peer)
    made.method, made.version, made.is_whole = "GET", "1.1", True
    made.target = path.encode("latin-1", "replace")
    named = {"host": "niangjia.test"} | {n.replace("_", "-"): v for n, v in headers.items()}
    made.fields = {n.encode(): v.encode("latin-1", "replace") for n, v in named.items()}
    return made


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.1", "203.0.113.7", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_address_is_what_the_last_trusted_proxy_saw(
    peer: str, forwarded: str, address: str
) -> None:
    call = DOORWAY.read(head(peer=peer, x_forwarded_for=forwarded), "id")

    assert call.address == address


@pytest.mark.parametrize(
    ("peer", "headers", "straight"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("127.0.0.1", {"x_forwarded_for": "127.0.0.1"}, False),
        ("127.0.0.1", {"via": "1.1 proxy"}, False),
        ("198.51.100.1", {}, False),
    ],
)
def test_only_direct_loopback_is_this_machine(
    peer: str, headers: dict[str, str], *, straight: bool
) -> None:
    assert came_straight(DOORWAY.read(head(peer=peer, **headers), "id")) is straight


@pytest.mark.parametrize("host", ["niangjia.test", "NIANGJIA.TEST:443", "localhost:8000", "[::1]"])
def test_own_names_are_known(host: str) -> None:
    assert DOORWAY.read(head(host=host), "id").path == "/"


@given(st.text(st.characters(max_codepoint=255), max_size=80))
def test_no_path_is_an_error_of_ours(path: str) -> None:
    try:
        call = DOORWAY.read(head("/" + path.partition("?")[0]), "id")
        Router(["identity", "membership", "frontend"]).match("GET", call.path)
    except Refusal:
        return
    assert ".." not in call.path.split("/")
    assert "//" not in call.path


@given(st.binary(max_size=80))
def test_request_id_is_always_sane(given_id: bytes) -> None:
    made = request_id_of(given_id)

    assert 16 <= len(made) <= 64
    assert made.replace("-", "").isalnum()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.service}{rule.path}")
def test_every_row_of_the_table_can_be_reached(rule: Any) -> None:
    service = "membership" if rule.service == "*" else rule.service
    below = rule.path.replace("/**", "/a/b").replace("*", "x")
    path = below if service == "frontend" else f"/api/{service}/v1{below}"
    router = Router(["identity", "membership", "frontend"])

    for method in rule.methods:
        if rule.is_open:
            assert router.match(method, path).rule is rule
        else:
            with pytest.raises(Refusal):
                router.match(method, path)
