"""A part hangs: what does not need it goes on as before, what does says so and soon at once.

OVR-03, on the whole platform; what a gateway makes of dead and lying services is tried in
``tests/service/test_gateway_upstreams.py``, what a peer makes of them in ``test_peers.py``.
"""

import time

import httpx

from tests.faults.cast import Cast
from tests.faults.freezing import frozen
from tests.faults.rig import Rig

HTML = {"Accept": "text/html"}
# The requirement is half a second; a machine that is shared by many gets some more.
QUICK = 2.5


def took(http: httpx.Client, path: str, **options) -> tuple[int, float]:
    began = time.monotonic()
    answer = http.get(path, **options)
    return answer.status_code, time.monotonic() - began


def until_recovered(rig: Rig) -> None:
    end = time.monotonic() + 30
    while not rig.is_ready():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_frozen_identity_leaves_pages_and_tokens_alone(cast: Cast, http, clerk):
    bearer = {"Authorization": f"Bearer {clerk.token}"}

    with frozen(cast.rig, "identity"):
        pages = [took(http, path, headers=HTML) for path in ("/", "/join", "/login", "/api/docs")]
        read = took(http, "/api/membership/v1/applications?limit=1", headers=bearer)
        needing = http.get("/api/identity/v1/me", headers=bearer)
    until_recovered(cast.rig)

    assert [status for status, _ in (*pages, read)] == [200] * 5
    assert max(seconds for _, seconds in (*pages, read)) < QUICK
    assert needing.status_code in (503, 504)
    assert needing.json()["detail"].endswith("。")
    assert http.get("/api/identity/v1/me", headers=bearer).status_code == 200


def test_frozen_membership_leaves_log_in_alone_and_is_soon_refused_at_once(cast: Cast, http, clerk):
    bearer = {"Authorization": f"Bearer {clerk.token}"}

    with frozen(cast.rig, "membership"):
        others = [took(http, path, headers=HTML) for path in ("/", "/login", "/my/login")]
        me = took(http, "/api/identity/v1/me", headers=bearer)
        page = http.get("/join", headers=HTML)
    until_recovered(cast.rig)

    assert [status for status, _ in (*others, me)] == [200] * 4
    assert max(seconds for _, seconds in (*others, me)) < QUICK
    assert page.status_code in (200, 503, 504)
    assert http.get("/join", headers=HTML).status_code == 200


def test_frozen_frontend_leaves_the_interface_alone(cast: Cast, http, clerk):
    bearer = {"Authorization": f"Bearer {clerk.token}"}

    with frozen(cast.rig, "frontend"):
        read = took(http, "/api/membership/v1/applications?limit=1", headers=bearer)
        me = took(http, "/api/identity/v1/me", headers=bearer)
    until_recovered(cast.rig)

    assert [status for status, _ in (read, me)] == [200, 200]
    assert max(seconds for _, seconds in (read, me)) < QUICK
