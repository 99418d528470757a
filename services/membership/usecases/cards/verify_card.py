"""Another phone scans a card and learns whether it is genuine, and of which union; no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.chassis.data.read import Read
from services.chassis.kernel.masking import mask_name
from services.membership.domain.card import Claim, parsed, signed_part
from services.membership.domain.membership import OPEN, State
from services.membership.store import cards

FORGED = "这不是有效的会员证二维码。"
EXPIRED = "二维码已过期，请对方刷新会员证后再扫。"
ENDED = "这张会员证已失效。"


@dataclass(frozen=True, slots=True)
class Verified:
    """``reason`` says in words why a card is not valid."""

    valid: bool
    checked_at: datetime
    reason: str = ""
    name: str = ""
    union_name: str = ""
    state: State | None = None


async def verify_card(read: Read, token: str, keys: Sequence[Ed25519PublicKey]) -> Verified:
    found = parsed(token.strip())
    if found is None or not _is_signed(*found, keys):
        return Verified(False, read.now, FORGED)
    claim, _ = found
    if not claim.holds_at(read.now):
        return Verified(False, read.now, EXPIRED)
    member = await cards.behind(read, claim.card_id)
    if member is None or member.revoked_at is not None or State(member.state) not in OPEN:
        return Verified(False, read.now, ENDED)
    name, state = mask_name(member.name), State(member.state)
    return Verified(True, read.now, "", name, member.union_name, state)


def _is_signed(claim: Claim, signature: bytes, keys: Sequence[Ed25519PublicKey]) -> bool:
    """By any of our keys: while keys rotate there are two."""
    for key in keys:
        try:
            key.verify(signature, signed_part(claim))
        except InvalidSignature:
            continue
        return True
    return False
