"""Limits that really answer 429, and leave a whole office alone."""

from pathlib import Path

from tests.service.gateway_rig import clerk, rig

LOG_IN = "/api/identity/v1/staff-sessions"


async def test_guessing_is_slowed_with_words_when_to_come_back(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for _ in range(60):
            async with here.client.post(here.url + LOG_IN, json={}) as answer:
                assert answer.status == 200
        assert answer.headers["RateLimit-Policy"] == '"log-in";q=60;w=60'
        async with here.client.post(here.url + LOG_IN, json={}) as answer:
            body = await answer.json()

        assert answer.status == 429
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["RateLimit"] == '"log-in";r=0;t=60'
        assert body["type"] == "/problems/too-many-requests"
        assert body["detail"] == "操作过于频繁，请在 1 秒后再试。"
        assert len(here.identity.heard) == 60


async def test_log_in_is_counted_by_the_visitors_address_behind_the_pages_too(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, limits_factor=0.1) as here:
        first = here.as_frontend() | {"X-Forwarded-For": "203.0.113.7"}
        for _ in range(6):
            async with here.client.post(here.url + LOG_IN, json={}, headers=first) as answer:
                assert answer.status == 200
        async with here.client.post(here.url + LOG_IN, json={}, headers=first) as answer:
            assert answer.status == 429
        other = here.as_frontend() | {"X-Forwarded-For": "203.0.113.8"}
        async with here.client.post(here.url + LOG_IN, json={}, headers=other) as answer:
            assert answer.status == 200


async def test_forwarded_address_of_a_stranger_buys_no_new_bucket(tmp_path: Path) -> None:
    async with rig(tmp_path, limits_factor=0.1) as here:
        seen = []
        for number in range(8):
            headers = {"X-Forwarded-For": f"203.0.113.{number}"}
            async with here.client.post(here.url + LOG_IN, json={}, headers=headers) as answer:
                seen.append(answer.status)

        assert seen == [200] * 6 + [429] * 2


async def test_only_the_outer_request_counts(tmp_path: Path) -> None:
    async with rig(tmp_path, limits_factor=0.01) as here:
        url = f"{here.url}/api/membership/v1/unions"
        seen = []
        for _ in range(20):
            headers = here.as_(clerk()) | here.as_frontend()
            async with here.client.get(url, headers=headers) as answer:
                seen.append(answer.status)

        assert seen == [200] * 20


async def test_persons_behind_one_address_have_each_their_own_share(tmp_path: Path) -> None:
    async with rig(tmp_path, limits_factor=0.01) as here:
        url = f"{here.url}/api/membership/v1/unions"
        seen = []
        for _ in range(10):
            headers = here.as_(clerk())
            for _ in range(6):
                async with here.client.get(url, headers=headers) as answer:
                    seen.append(answer.status)
        async with here.client.get(url, headers=headers) as answer:
            last = answer.status

        assert seen == [200] * 60
        assert last == 429


async def test_anonymous_share_is_by_address_and_pages_are_told_in_html(tmp_path: Path) -> None:
    async with rig(tmp_path, limits_factor=0.01) as here:
        seen = []
        for _ in range(10):
            headers = {"Accept": "text/html"}
            async with here.client.get(f"{here.url}/join", headers=headers) as answer:
                seen.append(answer.status)
                text = await answer.text()

        assert seen == [200] * 9 + [429]
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "操作过于频繁，请在 7 秒后再试。" in text


async def test_guessed_tokens_meet_a_limit(tmp_path: Path) -> None:
    async with rig(tmp_path, limits_factor=0.1) as here:
        seen = []
        for number in range(14):
            headers = {"Authorization": f"Bearer guess{number}"}
            url = f"{here.url}/api/membership/v1/unions"
            async with here.client.get(url, headers=headers) as answer:
                seen.append(answer.status)

        assert seen == [401] * 12 + [429] * 2


async def test_guessed_cookies_do_not_flood_identity(tmp_path: Path) -> None:
    async with rig(tmp_path, limits_factor=0.01) as here:
        seen = []
        for number in range(8):
            cookie = {"Cookie": f"__Host-session={number:043d}"}
            async with here.client.get(f"{here.url}/desk", headers=cookie) as answer:
                seen.append(answer.status)

        assert seen == [200] * 6 + [429] * 2
        assert here.identity.exchanges == 6


async def test_full_process_says_busy_at_once(tmp_path: Path) -> None:
    async with rig(tmp_path, max_in_flight_per_service=0) as here:
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "3"
            assert (await answer.json())["type"] == "/problems/unavailable"
