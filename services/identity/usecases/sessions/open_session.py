"""A person who has proved who they are gets a new session and the tokens that go with it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.ids import new_id
from services.identity.domain.secrets import fingerprint, new_secret
from services.identity.store import sessions
from services.identity.store.tables import Session
from services.identity.usecases.sessions.sign_access import Access, Issuer, sign_access

# A session that has ended is kept for a while, so that a stolen refresh token is still recognised.
KEPT_AFTERWARDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the person's browser or phone is handed; the secrets are not kept here."""

    id: UUID
    secret: str
    refresh_token: str
    access: Access


async def open_session(
    tx: Tx, issuer: Issuer, kind: Kind, person_id: UUID, auth: str, acting: UUID | None = None
) -> Opened:
    """Every log-in makes a session of its own (AUTH-06)."""
    secret, refresh_token = new_secret(), new_secret()
    session = Session(
        id=new_id(),
        kind=kind,
        person_id=person_id,
        secret_hash=fingerprint(secret),
        auth=auth,
        acting_union_id=acting,
        started_at=tx.now,
        seen_at=tx.now,
        expires_at=tx.now + issuer.policy.session_absolute,
    )
    tx.session.add(session)
    await tx.session.flush()
    await sessions.add_refresh_token(tx, session.id, fingerprint(refresh_token))
    await tx.remind("session-outlived", session.id, session.expires_at + KEPT_AFTERWARDS)
    access = await sign_access(tx, issuer, session)
    return Opened(session.id, secret, refresh_token, access)
