"""Somebody of the staff sets a new password, knowing the old one and a one-time code."""

from services.chassis.data.tx import Tx
from services.identity.store import sessions
from services.identity.store.tables import Union
from services.identity.usecases.sessions.check_password import Proof
from services.identity.usecases.sessions.prove_staff import prove_staff


async def change_password(tx: Tx, proof: Proof, new_hash: str) -> None:
    """Needs no session, so that an expired password can be changed; ends all there are."""
    account = await prove_staff(tx, proof)
    account.password_hash = new_hash
    account.password_set_at = tx.now
    account.version += 1
    union = await tx.session.get(Union, account.union_id)
    where = union.path if union else ""
    await tx.record("staff.password-changed", "account", account.id, union_path=where)
    await tx.session.flush()
    await sessions.end_all_of(tx, account.id, "password changed")
