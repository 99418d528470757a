"""Staff log in through an identity provider: a real one, a dead one, and one that lies."""

from urllib.parse import urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.clock import utc_now
from services.identity.settings import Settings
from tests.identity_provider import CLIENT
from tests.people import SUN
from tests.service.identity_rig import identity_rig, identity_settings
from tests.service.provider_rig import BACK, Journey, beside, forging, provider_process


@pytest.fixture(scope="module")
def provider():
    with provider_process() as url:
        yield url


@pytest.fixture
async def identity(database, keys_dir, tmp_path, provider):
    async with beside(database, keys_dir, tmp_path, provider) as rig:
        yield rig


def as_staff(person):
    return Actor(Kind.STAFF, person.id, name="李经办", auth="password+totp")


def fresh(identity, person):
    return {"password": person.password, "code": identity.code(person)}


async def linked(identity, subject="li"):
    """Somebody who has linked their account by the real way."""
    person = await identity.staff("li.jingban", Role.CLERK)
    journey = await Journey(identity).leave(as_staff(person), **fresh(identity, person))
    done = await journey.come_back(**await journey.at_provider(subject))
    assert (done.status_code, done.json()) == (200, {"is_linked": True, "needs_code": False})
    identity.clock.turn(seconds=30)
    return person


async def test_somebody_links_logs_in_and_has_a_session_like_any_other(identity):
    person = await linked(identity)

    journey = await Journey(identity).leave()
    returned = await journey.come_back(**await journey.at_provider("li"))
    made = await journey.log_in(code=identity.code(person))

    assert returned.json() == {"is_linked": False, "needs_code": True}
    assert made.status_code == 201
    assert made.json()["staff"] == {"id": str(person.id), "name": "李经办"}
    actor = identity.whose(made.json()["access_token"])
    assert (actor.id, actor.auth, actor.roles) == (person.id, "provider+totp", {Role.CLERK})
    assert (await journey.log_in(code=identity.code(person))).status_code == 401
    mine = await identity.client.get("/me/provider-link", headers=identity.as_(as_staff(person)))
    assert mine.json()["is_linked"] is True
    stored = identity.rows("select subject_key, subject_sealed from identity.provider_links")[0]
    assert not any(part == b"li" or b" li" in bytes(part) for part in stored)


async def test_the_way_there_carries_pkce_state_nonce_and_the_exact_way_back(identity, provider):
    journey = await Journey(identity).leave()

    asked = journey.asked
    assert urlsplit(journey.url).netloc == urlsplit(provider).netloc
    assert {name: asked[name] for name in ("response_type", "client_id", "redirect_uri")} == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
    }
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid", "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"], journey.attempt}) == 4
    async with httpx.AsyncClient() as browser:
        moved = journey.url.replace("%2Freturn", "%2Felsewhere")
        assert (await browser.get(f"{moved}&login_hint=li")).status_code == 400


async def test_an_answer_is_good_once_in_one_browser_and_for_its_own_state(identity):
    await linked(identity)
    one = await Journey(identity).leave()
    other = await Journey(identity).leave()
    third = await Journey(identity).leave()
    brought = await one.at_provider("li")

    stolen = await other.come_back(**brought)
    wrong = await one.come_back(code=brought["code"], state="made-up")
    # A code taken into an attempt with another verifier: the provider's PKCE refuses it.
    injected = await third.come_back(code=(await other.at_provider("li"))["code"])
    first = await one.come_back(**brought)
    second = await one.come_back(**brought)

    refused = (stolen, wrong, injected, second)
    assert (first.status_code, {r.status_code for r in refused}) == (200, {401})
    assert {r.json()["type"] for r in refused} == {"/problems/provider-refused"}


async def test_ten_minutes_later_one_begins_anew(identity):
    await linked(identity)
    journey = await Journey(identity).leave()
    brought = await journey.at_provider("li")

    identity.clock.turn(minutes=10, seconds=1)
    late = await journey.come_back(**brought)
    await identity.sweep()

    assert late.status_code == 401
    assert identity.rows("select count(*) from identity.provider_attempts") == [(0,)]


async def test_somebody_unknown_is_refused_politely_and_audited(identity):
    await identity.staff("li.jingban", Role.CLERK)
    journey = await Journey(identity).leave()

    answer = await journey.come_back(**await journey.at_provider("somebody"))

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/subject-unknown")
    assert "关联" in answer.json()["detail"]
    assert (await journey.log_in(code="123456")).status_code == 401
    assert [row[:2] for row in identity.audited("staff.provider-log-in")] == [
        ("refused", "unknown-subject")
    ]


async def test_linking_takes_a_fresh_second_proof(identity):
    person = await identity.staff("li.jingban", Role.CLERK)
    used = identity.code(person)
    await identity.log_in(person)
    headers = identity.as_(as_staff(person))

    for proof in (
        {"password": "wrong-Lantern-42-river", "code": identity.code(person)},
        {"password": person.password, "code": used},
    ):
        answer = await identity.client.post("/me/provider-link", json=proof, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/log-in-refused")
    stranger = await identity.client.post("/me/provider-link", json=proof, headers=identity.as_())
    assert stranger.status_code == 401


async def test_one_subject_is_one_account_and_a_link_can_be_undone(identity):
    person = await linked(identity)
    other = await identity.staff("wang.shenhe", Role.REVIEWER)
    journey = await Journey(identity).leave(as_staff(other), **fresh(identity, other))

    taken = await journey.come_back(**await journey.at_provider("li"))
    undone = await identity.client.delete(
        "/me/provider-link", headers=identity.as_(as_staff(person))
    )
    again = await Journey(identity).leave()
    unknown = await again.come_back(**await again.at_provider("li"))

    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/subject-taken")
    assert (undone.status_code, unknown.status_code) == (204, 403)


async def test_an_administrator_enters_the_subject_and_takes_it_away(identity):
    person = await identity.staff("li.jingban", Role.CLERK)
    url = f"/accounts/{person.id}"
    tag = (await identity.client.get(url, headers=identity.as_(SUN))).headers["etag"]
    body = {"subject": "li"}

    async def enter(actor, version):
        headers = identity.as_(actor, If_Match=version)
        return await identity.client.put(f"{url}/provider-link", json=body, headers=headers)

    own = await enter(as_staff(person), tag)
    done, stale = await enter(SUN, tag), await enter(SUN, tag)
    journey = await Journey(identity).leave()
    known = await journey.come_back(**await journey.at_provider("li"))

    assert [own.status_code, done.status_code, stale.status_code] == [403, 204, 412]
    assert known.status_code == 200
    tag = (await identity.client.get(url, headers=identity.as_(SUN))).headers["etag"]
    headers = identity.as_(SUN, If_Match=tag)
    gone = await identity.client.delete(f"{url}/provider-link", headers=headers)
    assert gone.status_code == 204
    assert identity.rows("select count(*) from identity.provider_links") == [(0,)]


async def test_a_suspended_account_does_not_come_in_by_the_side_door(identity):
    person = await linked(identity)
    await suspend(identity, person)
    journey = await Journey(identity).leave()

    answer = await journey.come_back(**await journey.at_provider("li"))

    assert answer.json()["type"] == "/problems/subject-unknown"


async def test_a_wrong_one_time_code_counts_towards_the_lock(identity):
    await linked(identity)
    journey = await Journey(identity).leave()
    await journey.come_back(**await journey.at_provider("li"))

    refused = [await journey.log_in(code="000000") for _ in range(5)]

    assert {(r.status_code, r.json()["type"]) for r in refused} == {
        (401, "/problems/log-in-refused")
    }
    assert len(identity.audited("account.locked")) == 1
    missing = await journey.log_in()
    assert missing.status_code == 401


async def test_a_new_key_of_the_provider_is_learned_at_once(identity, provider):
    await linked(identity)
    async with httpx.AsyncClient() as client:
        await client.post(f"{provider}/keys")
    identity.app.state.provider._keys = (identity.app.state.provider._keys[0], -1e9)
    journey = await Journey(identity).leave()

    answer = await journey.come_back(**await journey.at_provider("li"))

    assert answer.status_code == 200


async def test_names_of_fields_levels_and_the_second_factor_are_settings(
    database, keys_dir, tmp_path, provider
):
    settings = {
        "oidc_claims": {"subject": "yhid", "assurance": "rzdj"},
        "oidc_assurance": ("3", "4"),
        "oidc_is_second_factor": True,
    }
    async with beside(database, keys_dir, tmp_path, provider, **settings) as identity:
        person = await linked(identity, "wang")
        high, low = await Journey(identity).leave(), await Journey(identity).leave()

        answer = await high.come_back(**await high.at_provider("wang"))
        made = await high.log_in()
        refused = await low.come_back(**await low.at_provider("li"))

        assert answer.json() == {"is_linked": False, "needs_code": False}
        actor = identity.whose(made.json()["access_token"])
        assert (actor.id, actor.auth) == (person.id, "provider")
        assert refused.json()["type"] == "/problems/assurance-too-low"


async def test_a_dead_or_slow_provider_is_said_and_passwords_go_on(database, keys_dir, tmp_path):
    with provider_process() as url:
        async with beside(database, keys_dir, tmp_path, url, oidc_timeout=0.5) as identity:
            up = await identity.client.get("/identity-provider", headers=identity.as_())
            async with httpx.AsyncClient() as client:
                await client.post(f"{url}/behaviour", json={"slow": 3})
            slow = await identity.client.post("/provider-log-ins", headers=identity.as_())
            down = await identity.client.get("/identity-provider", headers=identity.as_())
            person = await identity.staff("li.jingban", Role.CLERK)

            assert up.json() == {
                "is_configured": True,
                "label": "统一身份认证",
                "is_available": True,
                "needs_code": True,
            }
            assert (slow.status_code, slow.headers["retry-after"]) == (503, "30")
            assert slow.json()["type"] == "/problems/provider-unavailable"
            assert down.json() == up.json() | {"is_available": False}
            assert (await identity.log_in(person)).status_code == 201


async def test_without_a_provider_there_is_no_button_and_no_operation(database, keys_dir, tmp_path):
    async with identity_rig(database, keys_dir, tmp_path) as identity:
        told = await identity.client.get("/identity-provider", headers=identity.as_())
        begun = await identity.client.post("/provider-log-ins", headers=identity.as_())

    assert told.json()["is_configured"] is False
    assert (begun.status_code, begun.json()["type"]) == (404, "/problems/no-provider")


OTHER = RSAKey.generate_key(2048, {"kid": "k"}, private=True)
NOW = int(utc_now().timestamp())
LIES = {
    "another nonce": {"changed": {"nonce": "another"}},
    "no nonce": {"changed": {"nonce": None}},
    "another audience": {"changed": {"aud": "somebody-else"}},
    "several audiences without us in charge": {"changed": {"aud": [CLIENT, "other"]}},
    "another issuer": {"changed": {"iss": "https://id.example.org"}},
    "expired": {"changed": {"exp": NOW - 3600}},
    "from the future": {"changed": {"iat": NOW + 3600}},
    "not yet good": {"changed": {"nbf": NOW + 3600}},
    "no end": {"changed": {"exp": None}},
    "no subject": {"changed": {"sub": None}},
    "a subject that is no text": {"changed": {"sub": 7}},
    "signed with another key": {"signs_with": OTHER},
    "a key that is not published": {"header": {"kid": "unknown"}},
    "a shared secret": {
        "signs_with": OctKey.import_key("between-us-only-between-us-only-!!"),
        "header": {"alg": "HS256"},
        "algorithms": ("HS256",),
    },
    "nothing signed": {"token": "eyJhbGciOiJub25lIiwia2lkIjoiayJ9.e30."},
    "no token": {"token": "hello"},
}


async def test_no_forged_answer_logs_anybody_in(database, keys_dir, tmp_path):
    async with forging() as forger, beside(database, keys_dir, tmp_path, forger.url) as identity:
        person = await identity.staff("li.jingban", Role.CLERK)
        url = f"/accounts/{person.id}"
        tag = (await identity.client.get(url, headers=identity.as_(SUN))).headers["etag"]
        headers = identity.as_(SUN, If_Match=tag)
        await identity.client.put(f"{url}/provider-link", json={"subject": "li"}, headers=headers)
        outcomes = {}
        plain = vars(forger) | {}
        for name, lie in {"the truth": {}, **LIES}.items():
            journey = await Journey(identity).leave()
            forger.nonce = journey.asked["nonce"]
            for attribute in ("changed", "header", "signs_with", "algorithms", "token"):
                setattr(forger, attribute, lie.get(attribute, plain[attribute]))
            answer = await journey.come_back()
            outcomes[name] = answer.json().get("type", answer.status_code)

    assert outcomes.pop("the truth") == 200
    assert outcomes == dict.fromkeys(LIES, "/problems/provider-refused")


async def test_a_provider_cannot_send_us_elsewhere(database, keys_dir, tmp_path):
    async with forging() as forger, beside(database, keys_dir, tmp_path, forger.url) as identity:
        outcomes = []
        for document in (
            {"issuer": "https://id.example.org"},
            {"token_endpoint": "http://169.254.169.254/latest"},
            {"jwks_uri": "http://127.0.0.1:1/jwks"},
            {"authorization_endpoint": 7},
        ):
            forger.document = document
            begun = await identity.client.post("/provider-log-ins", headers=identity.as_())
            outcomes.append(begun.json()["type"])

    assert outcomes == ["/problems/provider-unavailable"] * 4
    assert set(forger.asked) == {"/.well-known/openid-configuration"}


UNSAFE = (
    {"oidc_issuer": "http://id.example.org", "oidc_client_id": "x"},
    {"oidc_issuer": "https://id.example.org"},
    {
        "oidc_issuer": "https://id.example.org",
        "oidc_client_id": "x",
        "oidc_algorithms": ("HS256",),
    },
    {
        "oidc_issuer": "https://id.example.org",
        "oidc_client_id": "x",
        "oidc_endpoints": {"token": "http://id.example.org/token"},
    },
)


def test_unsafe_settings_do_not_start(database, keys_dir, tmp_path):
    given = identity_settings(database, keys_dir, tmp_path).model_dump() | {"mode": "production"}

    for unsafe in UNSAFE:
        with pytest.raises(ValueError, match=r"oidc|https"):
            Settings(**given | unsafe)


async def suspend(identity, person):
    url = f"/accounts/{person.id}"
    tag = (await identity.client.get(url, headers=identity.as_(SUN))).headers["etag"]
    headers = identity.as_(SUN, If_Match=tag)
    body = {"reason": "离岗培训"}
    done = await identity.client.put(f"{url}/suspension", json=body, headers=headers)
    assert done.status_code == 204
