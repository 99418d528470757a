"""The gateway shows a browser's session and gets a token for the person behind it."""

from services.chassis.data.tx import Tx
from services.identity.domain.refusals import SessionEnded
from services.identity.domain.secrets import fingerprint
from services.identity.store import sessions
from services.identity.usecases.sessions.sign_access import Access, Issuer, sign_access


async def exchange_session(tx: Tx, issuer: Issuer, secret: str) -> Access:
    """Using a session is what keeps it from idling out."""
    session = await sessions.touch(tx, fingerprint(secret), issuer.policy.session_idle)
    if session is None:
        raise SessionEnded
    return await sign_access(tx, issuer, session)
