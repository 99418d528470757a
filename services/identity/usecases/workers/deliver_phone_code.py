"""A code goes out to its phone; one that could not be delivered does not count."""

from services.chassis.data.tx import Store
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.refusals import Unavailable
from services.identity.domain.phone_codes import CodeSender
from services.identity.store import phone_codes
from services.identity.usecases.workers.send_phone_code import CodeToSend


async def deliver_phone_code(store: Store, sender: CodeSender, made: CodeToSend) -> None:
    """Runs after the answer has left, so that no transaction waits for the text message."""
    try:
        await sender.send(made.phone, made.code)
    except Unavailable:
        async with store.begin(SYSTEM) as tx:
            await phone_codes.mark_failed(tx, made.id)
            await tx.record("phone-code.undelivered", "phone-code", made.id, outcome="refused")
