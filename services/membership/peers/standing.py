"""Asks identity whether somebody who wanted long work done still may want it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.chassis.data.jobs import Job
from services.chassis.data.tx import Store
from services.chassis.edge.assertions import SigningKey, service_actor, sign_actor
from services.chassis.edge.peers import Peer
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.refusals import Forbidden, Unavailable


@dataclass(frozen=True, slots=True)
class StandingCheck:
    """Called before each attempt at a job; identity being away puts the job off."""

    identity: Peer
    key: SigningKey
    clock: Callable[[], datetime]

    async def __call__(self, store: Store, job: Job) -> None:
        actor = job.actor
        if actor.kind is not Kind.STAFF:
            return
        token = sign_actor(self.key, service_actor(self.key.part), "identity", self.clock())
        asked = {"account_id": str(actor.id), "union_path": actor.union_path}
        answer = await self.identity.post("/v1/standing-checks", actor_token=token, json=asked)
        held = answer.json.get("roles") if isinstance(answer.json, dict) else None
        if not isinstance(held, list):
            raise Unavailable("身份服务的答复无法识别，请稍后再试。")
        if not actor.roles & set(held):
            raise Forbidden("发起人已不再有权办理，这项工作没有继续，请由有权限的人员重新发起。")
