"""Asks identity for the phone that a worker has just proved to be theirs."""

from dataclasses import dataclass

from services.chassis.edge.exchange import Exchange
from services.chassis.edge.peers import Peer
from services.chassis.kernel.refusals import Unavailable


@dataclass(slots=True)
class IdentityPeer:
    peer: Peer
    exchange: Exchange

    async def phone_of(self, assertion: str) -> str:
        """The verified phone of the worker whose assertion we received."""
        token = await self.exchange.exchange(assertion, self.peer.name)
        answer = await self.peer.get("/v1/me/phone", actor_token=token)
        phone = answer.json.get("phone") if isinstance(answer.json, dict) else None
        if not isinstance(phone, str):
            raise Unavailable("身份服务的答复无法识别，请稍后再试。")
        return phone
