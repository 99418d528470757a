"""Pages of other systems: registered by one, given scopes by another, stopped by either."""

import json

from tests.frontend import answers
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import SUN, TOWN, ZHOU

ONE = f"/clients/{answers.CLIENT}"
API = "/identity/v1"
TYPED = {
    "name": "顺路跑腿",
    "kind": "platform",
    "union_id": str(TOWN),
    "contact_name": "王接口",
    "contact_phone": "13800001234",
    "allow_list": "203.0.113.0/28\r\n198.51.100.7",
    "per_minute": "120",
    "concurrent": "4",
}


async def test_registering_sends_what_was_typed_as_the_api_wants_it(browser_of, gateway: StandIn):
    response = await browser_of(SUN).send("/clients/new", "/clients", TYPED)

    assert (response.status_code, response.headers["location"]) == (303, ONE)
    assert gateway.last("POST", f"{API}/clients").body == {
        "name": "顺路跑腿",
        "kind": "platform",
        "union_id": str(TOWN),
        "contact": {"name": "王接口", "phone": "13800001234"},
        "allow_list": ["203.0.113.0/28", "198.51.100.7"],
        "per_minute": 120,
        "concurrent": 4,
        "requires_signature": False,
    }


async def test_the_scopes_that_are_ticked_replace_those_before(browser_of, gateway: StandIn):
    ticked = {"scopes": "membership:applications.write"}

    response = await browser_of(ZHOU).send(ONE, f"{ONE}/scopes", ticked)

    sent = gateway.last("PUT", f"{API}{ONE}/scopes")
    assert response.status_code == 303
    assert sent.body == {"scopes": ["membership:applications.write"]}
    assert sent.headers["If-Match"] == '"3"'


async def test_a_key_is_pasted_whole_or_asked_for_again(browser_of, gateway: StandIn):
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    url = f"{ONE}/keys"

    refused = await browser_of(SUN).send(url, url, {"jwk": "-----BEGIN"})
    taken = await browser_of(SUN).send(url, url, {"jwk": json.dumps(key)})

    assert refused.status_code == 422
    assert "整段复制" in page(refused.text).text
    assert taken.status_code == 303
    assert gateway.last("POST", f"{API}{url}").body == {"jwk": key}


async def test_a_secret_is_shown_once(browser_of, gateway: StandIn):
    response = await browser_of(SUN).send(f"{ONE}/keys", f"{ONE}/secrets", {})

    assert response.status_code == 200
    assert "whsec_8Jm4mZkq0xS2yq1v" in page(response.text).text
    assert "whsec_" not in (await browser_of(SUN).get(f"{ONE}/keys")).text


async def test_nobody_is_stopped_without_a_reason(browser_of, gateway: StandIn):
    silent = await browser_of(ZHOU).send(ONE, f"{ONE}/suspend", {"reason": ""})
    told = await browser_of(ZHOU).send(ONE, f"{ONE}/suspend", {"reason": "异常调用"})

    assert (silent.status_code, told.status_code) == (422, 303)
    assert gateway.last("PUT", f"{API}{ONE}/suspension").body == {"reason": "异常调用"}
