"""How membership learns a worker's phone: it exchanges the assertion and asks."""

import aiohttp
import pytest

from services.chassis.edge.assertions import load_key
from services.chassis.edge.exchange import Exchange
from services.chassis.edge.peers import Peer
from services.chassis.kernel.refusals import Forbidden, Unavailable
from services.membership.peers.identity import IdentityPeer
from tests.standin import StandIn, problem, says


@pytest.fixture
def identity(standin: StandIn, session: aiohttp.ClientSession, keys_dir) -> IdentityPeer:
    peer = Peer("identity", standin.url, session)
    return IdentityPeer(peer, Exchange(peer, load_key(keys_dir / "membership.jwk")))


async def test_phone_of_exchanges_the_assertion_and_asks(identity, standin):
    standin.script = [says(json={"assertion": "made-for-identity"}), says(json={"phone": "138"})]

    assert await identity.phone_of("as-received") == "138"

    exchanged, asked = standin.asked
    assert exchanged.path == "/v1/assertion-exchanges"
    assert b"as-received" in exchanged["body"]
    assert asked.path == "/v1/me/phone"
    assert asked.headers["Authorization"] == "Bearer made-for-identity"


async def test_phone_of_says_what_identity_says(identity, standin):
    standin.script = [says(json={"assertion": "made"}), problem(403, "forbidden")]

    with pytest.raises(Forbidden):
        await identity.phone_of("as-received")


@pytest.mark.parametrize("nonsense", [{}, {"phone": 138}, ["138"]])
async def test_phone_of_takes_no_nonsense(identity, standin, nonsense):
    standin.script = [says(json={"assertion": "made"}), says(json=nonsense)]

    with pytest.raises(Unavailable):
        await identity.phone_of("as-received")
