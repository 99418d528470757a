"""A gateway asks whether a nonce of a signed request is new; it is so for the first to ask."""

from datetime import timedelta
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Conflict
from services.identity.store import used_once
from services.identity.usecases.services.require_part import require_part

# Longer than a signature may be old or early (5 minutes and 1), so that none outlives its nonce.
REMEMBERED = timedelta(minutes=10)


class NonceUsed(Conflict):
    """The request was received before, by this gateway or another."""

    code = "nonce-used"
    title = "请求已经处理过"


async def use_nonce(actor: Actor, tx: Tx, client_id: UUID, nonce: str) -> None:
    """The gateway has verified the signature; only what is authentic takes room here."""
    require_part(actor, "gateway")
    if not await used_once.use(tx, client_id, f"nonce {nonce}", tx.now + REMEMBERED):
        raise NonceUsed("这个请求已经收到过，请换用新的 nonce 重新签名。")
