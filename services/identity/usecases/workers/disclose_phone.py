"""Membership asks, on a worker's behalf, for the phone which that worker has proved to hold."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Forbidden
from services.identity.store import workers

MAY_ASK = frozenset({"membership"})


async def disclose_phone(actor: Actor, tx: Tx) -> str:
    """The phone in full, to a service only; a browser never gets it."""
    if actor.kind is not Kind.WORKER or actor.client not in MAY_ASK:
        raise Forbidden("完整手机号只提供给会员服务，用于职工本人办理业务。")
    await tx.record("worker.phone-disclosed", "worker", actor.id, to=actor.client)
    return await workers.phone_of(tx, tx.sealer, actor.id)
