"""A refresh token is exchanged for a new pair; using one twice ends the session."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.domain.refusals import SessionEnded
from services.identity.domain.secrets import fingerprint, new_secret
from services.identity.store import sessions
from services.identity.usecases.sessions.sign_access import Access, Issuer, sign_access


@dataclass(frozen=True, slots=True)
class Renewed:
    """A new token and the refresh token that follows the one just used."""

    access: Access
    refresh_token: str


async def renew_tokens(tx: Tx, issuer: Issuer, refresh_token: str) -> Renewed:
    """Somebody else may hold a token that comes twice, so neither of the two keeps the session."""
    token = await sessions.lock_refresh_token(tx, fingerprint(refresh_token))
    if token is None:
        raise SessionEnded
    if token.used_at is not None:
        tx.outlive(partial(_end, session_id=token.session_id))
        raise SessionEnded
    session = await sessions.lock_alive(tx, token.session_id, issuer.policy.session_idle)
    if session is None:
        raise SessionEnded
    token.used_at = session.seen_at = tx.now
    following = new_secret()
    await sessions.add_refresh_token(tx, session.id, fingerprint(following))
    return Renewed(await sign_access(tx, issuer, session), following)


async def _end(tx: Tx, *, session_id: UUID) -> None:
    await tx.record(
        "session.refresh-token-reused", "session", session_id, outcome="refused", reason="reuse"
    )
    await sessions.end_one(tx, session_id, "refresh token used twice")
