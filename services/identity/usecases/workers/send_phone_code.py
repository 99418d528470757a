"""Somebody asks for a log-in code on their phone."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.identity.domain.phone_codes import DAY, refuse_if_too_often
from services.identity.domain.policy import Policy
from services.identity.domain.secrets import new_phone_code
from services.identity.store import phone_codes
from services.identity.store.tables import PhoneCode


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """The code leaves once this is committed; it is not kept."""

    id: UUID
    phone: str
    code: str


async def send_phone_code(tx: Tx, policy: Policy, phone: str) -> CodeToSend:
    """Whether the phone is known makes no difference to anything."""
    keys = phone_codes.phone_keys(tx.sealer, phone)
    addresses = phone_codes.address_keys(tx.sealer, tx.origin.address)
    await phone_codes.take_turn(tx, keys[0])
    before = await phone_codes.sent_to(tx, keys)
    from_there = await phone_codes.count_from(tx, addresses) if tx.origin.address else 0
    refuse_if_too_often(policy, tx.now, before, from_there)
    made = CodeToSend(new_id(), phone, new_phone_code())
    tx.session.add(
        PhoneCode(
            id=made.id,
            phone_key=keys[0],
            address_key=addresses[0],
            code_hash=phone_codes.code_hashes(tx.sealer, made.id, made.code)[0],
            sent_at=tx.now,
            expires_at=tx.now + policy.code_life,
        )
    )
    await tx.remind("phone-code-outdated", made.id, tx.now + DAY)
    await tx.record("phone-code.sent", "phone-code", made.id)
    return made
