"""Somebody whom the provider vouched for gets a session like any other member of staff."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Kind
from services.identity.domain.account import State
from services.identity.domain.provider_refusals import ProviderRefused
from services.identity.store import provider_links
from services.identity.store.tables import StaffAccount, Union
from services.identity.usecases.sessions.log_in_staff import LoggedIn
from services.identity.usecases.sessions.open_session import open_session
from services.identity.usecases.sessions.prove_second_factor import prove_second_factor
from services.identity.usecases.sessions.sign_access import Issuer


async def log_in_by_provider(
    tx: Tx, issuer: Issuer, secret: str, code: str | None, *, is_second_factor: bool
) -> LoggedIn:
    """Our own one-time code comes on top, unless the operator lets the provider's factor count."""
    attempt = await provider_links.lock_attempt(tx, secret)
    if attempt is None or attempt.found_id is None:
        raise ProviderRefused
    account = await tx.session.get(StaffAccount, attempt.found_id, with_for_update=True)
    if account is None or account.state != State.ACTIVE:
        raise ProviderRefused
    auth = "provider"
    if not is_second_factor:
        await prove_second_factor(tx, account, code or "")
        auth = "provider+totp"
    attempt.finished_at = tx.now
    await tx.session.flush()
    opened = await open_session(tx, issuer, Kind.STAFF, account.id, auth, account.last_union_id)
    union = await tx.session.get(Union, account.union_id)
    where = union.path if union else ""
    await tx.record(
        "staff.log-in", "account", account.id, union_path=where, session=opened.id, by="provider"
    )
    return LoggedIn(account, opened)
