"""An assertion is made out anew for each peer, and a request's time runs out everywhere at once."""

import pytest

from services.chassis.edge.assertions import load_key, load_trust, read_actor, sign_actor
from services.chassis.edge.budget import DeadlineBudget, current_deadline
from services.chassis.edge.exchange import Exchange
from services.chassis.edge.peers import Peer
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Refusal
from tests.standin import problem, says


async def through_budget(header):
    seen, sent = [], []

    async def app(scope, receive, send):
        seen.append(current_deadline().left)

    async def send(message):
        sent.append(message)

    headers = [(b"x-deadline-ms", header)] if header is not None else []
    await DeadlineBudget(app)({"type": "http", "headers": headers}, None, send)
    return seen, sent


@pytest.mark.parametrize(
    ("header", "at_most"),
    [(b"2500", 2.5), (None, 10), (b"junk", 10), (b"-5", 10), (b"9" * 40, 300)],
)
async def test_budget_is_what_the_caller_allows(header, at_most):
    seen, _ = await through_budget(header)

    assert at_most - 1 < seen[0] <= at_most


async def test_budget_that_is_used_up_is_refused():
    seen, sent = await through_budget(b"0")

    assert seen == []
    assert sent[0]["status"] == 504


async def test_exchange_is_made_once_for_each_person_and_peer(standin, session, keys_dir):
    key = load_key(keys_dir / "membership.jwk")
    trust = load_trust(keys_dir / "trust.jwks")
    identity_key = load_key(keys_dir / "identity.jwk")
    person = Actor(Kind.WORKER, new_id(), name="工友")
    made = sign_actor(identity_key, person, "hardship", utc_now())
    standin.script = [says(201, {"assertion": made})]
    exchange = Exchange(Peer("identity", standin.url, session), key)

    first = await exchange.exchange("received", "hardship")
    second = await exchange.exchange("received", "hardship")

    assert first == second == made
    assert len(standin.asked) == 1
    bearer = standin.asked[0].headers["Authorization"].removeprefix("Bearer ")
    assert read_actor(bearer, trust, "identity", utc_now()).name == "membership"
    await exchange.exchange("another", "hardship")
    assert len(standin.asked) == 2


async def test_exchange_forgets_what_is_about_to_expire(standin, session, keys_dir):
    standin.script = [says(201, {"assertion": "a.b.c"})]
    exchange = Exchange(
        Peer("identity", standin.url, session), load_key(keys_dir / "membership.jwk")
    )

    await exchange.exchange("received", "hardship")
    await exchange.exchange("received", "hardship")

    assert len(standin.asked) == 2


async def test_exchange_that_is_refused_is_refused(standin, session, keys_dir):
    standin.script = [problem(403, "forbidden")]
    exchange = Exchange(
        Peer("identity", standin.url, session), load_key(keys_dir / "membership.jwk")
    )

    with pytest.raises(Refusal, match="不行。"):
        await exchange.exchange("received", "hardship")
