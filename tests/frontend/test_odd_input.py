"""Odd input gets an answer that a person can read, never a 500 (INP-01)."""

import pytest

from tests.frontend.conftest import Browser
from tests.frontend.test_forgery import UNSAFE
from tests.people import LI, WANG

NAMES = (
    "text", "after", "id", "batch", "all", "outcome", "reason", "next", "back", "elder", "union_id",
    "field", "value", "_key", "_etag", "name", "phone", "document_kind", "document_number",
    "consents", "unions_there", "platforms", "relation", "level", "staff_count", "role",
    "expires_on", "purpose", "fields", "evidence", "kind", "account", "password", "code",
    "activation_code", "totp_code", "new_password", "token", "answer", "do",
)  # fmt: skip
ODD = (
    "\x00",
    "\ud7ff\u202e" * 40,
    "' or 1=1 --",
    "{{7*7}}",
    "9" * 5000,
    "../../etc/passwd",
    "é" * 300,
)


@pytest.mark.parametrize("path", UNSAFE)
async def test_odd_values_in_a_form_are_never_an_error_of_ours(browser_of, path: str):
    browser: Browser = browser_of(WANG)
    token = (await browser.open("/session/devices")).hidden("_csrf")

    answers = [
        (await browser.post(path, dict.fromkeys(NAMES, odd) | {"_csrf": token})).status_code
        for odd in ODD
    ]

    assert [status for status in answers if status >= 500] == []


@pytest.mark.parametrize("path", UNSAFE)
async def test_file_where_words_are_expected_is_never_an_error_of_ours(browser_of, path: str):
    browser: Browser = browser_of(LI)
    token = (await browser.open("/session/devices")).hidden("_csrf")
    files = dict.fromkeys(NAMES, ("x.bin", b"\x00\xff"))

    response = await browser.client.post(path, data={"_csrf": token}, files=files)

    assert response.status_code < 500


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/x-www-form-urlencoded", b"%ff%fe=%zz&_csrf"),
        ("application/json", b'{"_csrf": 1}'),
        ("text/plain", b"\xff\xfe"),
    ],
)
async def test_body_that_is_no_form_is_refused(browser_of, kind: str, body: bytes):
    response = await browser_of(LI).client.post(
        "/applications", content=body, headers={"Content-Type": kind}
    )

    assert response.status_code in {400, 403}


@pytest.mark.parametrize(
    "query", ["after=%00", "state=%F0%9F%92%A9", "batch=1", "after=" + "x" * 900]
)
async def test_odd_query_opens_a_page_or_says_what_is_wrong(browser_of, query: str):
    response = await browser_of(WANG).get(f"/applications?{query}")

    assert response.status_code < 500
    assert "<h1>" in response.text
