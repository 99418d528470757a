"""Whoever is about to sign a user token asks which key does so now."""

from services.chassis.data.tx import Tx
from services.chassis.edge.assertions import SigningKey
from services.identity.store import signing_keys
from services.identity.store.signing_keys import KeyRing
from services.identity.usecases.signing_keys.add_signing_key import add_signing_key


async def pick_signing_key(tx: Tx, ring: KeyRing) -> SigningKey:
    """Read each time, so that no process signs with a key that was taken back a moment ago."""
    found = await signing_keys.signing(tx)
    if found is None:
        await signing_keys.take_turn(tx)
        found = await signing_keys.signing(tx)
    if found is None:
        await add_signing_key(tx, tx.now, "first")
        found = await signing_keys.signing(tx)
    if found is None:
        raise AssertionError("a key that signs from now signs now")
    return ring.open(tx.sealer, found.id, found.private_sealed)
