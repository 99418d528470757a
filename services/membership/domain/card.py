"""What the QR of a card says: which card, until when, and a signature; nothing about the person.

A token is 1 byte of format, 16 of the card's id, 4 of the last second, and 64 of signature, in
base64url: 114 characters, which a small QR holds.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

FORMAT = 1
BODY = struct.Struct(">B16sI")
SIGNATURE = 64
PURPOSE = b"niangjia membership card\x00"
LEEWAY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Claim:
    card_id: UUID
    until: datetime

    def holds_at(self, instant: datetime) -> bool:
        return instant < self.until + LEEWAY


def claim_for(card_id: UUID, now: datetime, seconds: int) -> Claim:
    """A claim in whole seconds that lives for minutes."""
    return Claim(card_id, now.replace(microsecond=0) + timedelta(seconds=seconds))


def signed_part(claim: Claim) -> bytes:
    """What is signed: the purpose keeps this signature from standing for anything else."""
    return PURPOSE + _body(claim)


def written(claim: Claim, signature: bytes) -> str:
    return base64.urlsafe_b64encode(_body(claim) + signature).decode().rstrip("=")


def parsed(token: str) -> tuple[Claim, bytes] | None:
    """The claim and its signature, not yet verified; None for anything that is no token."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        version, card, until = BODY.unpack(raw[: BODY.size])
    except (binascii.Error, struct.error, ValueError):
        return None
    if version != FORMAT or len(raw) != BODY.size + SIGNATURE:
        return None
    claim = Claim(UUID(bytes=card), datetime.fromtimestamp(until, UTC))
    return claim, raw[BODY.size :]


def _body(claim: Claim) -> bytes:
    return BODY.pack(FORMAT, claim.card_id.bytes, int(claim.until.timestamp()))
