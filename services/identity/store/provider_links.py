"""Links between accounts and subjects of the provider, and attempts to log in there."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.read import Reader
from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.identity.domain.provider import Identified
from services.identity.domain.secrets import fingerprint
from services.identity.store.provider_tables import ProviderAttempt, ProviderLink

PURPOSE = "provider-subject"


def named(who: Identified) -> str:
    """A subject means nothing without its issuer."""
    return f"{who.issuer} {who.subject}"


def keys_of(sealer: Sealer, who: Identified) -> tuple[bytes, ...]:
    """The first is the one in use; an earlier index key may have written the others."""
    return sealer.blinds(PURPOSE, named(who))


def place(account_id: UUID) -> str:
    return f"provider_links:{account_id}:subject"


def verifier_place(attempt_id: UUID) -> str:
    return f"provider_attempts:{attempt_id}:verifier"


async def account_of(tx: Tx, who: Identified) -> UUID | None:
    query = select(ProviderLink.id).where(ProviderLink.subject_key.in_(keys_of(tx.sealer, who)))
    found: UUID | None = await tx.session.scalar(query)
    return found


async def of_account(reader: Reader, account_id: UUID) -> Any | None:
    query = select(ProviderLink.linked_at, ProviderLink.made_by)
    return await reader.first(query.where(ProviderLink.id == account_id))


async def put(tx: Tx, account_id: UUID, who: Identified, made_by: str) -> bool:
    """Link; False when the subject is somebody else's."""
    key = keys_of(tx.sealer, who)[0]
    if await account_of(tx, who) not in {None, account_id}:
        return False
    content = {
        "subject_key": key,
        "subject_sealed": tx.sealer.seal(named(who).encode(), place(account_id)),
        "linked_at": tx.now,
        "made_by": made_by,
    }
    row = insert(ProviderLink).values(id=account_id, **content)
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=content))
    return True


async def drop(tx: Tx, account_id: UUID) -> bool:
    """Whether there was a link."""
    query = delete(ProviderLink).where(ProviderLink.id == account_id)
    return await tx.session.scalar(query.returning(ProviderLink.id)) is not None


async def lock_attempt(tx: Tx, secret: str) -> ProviderAttempt | None:
    """The attempt of this browser that is still under way."""
    query = select(ProviderAttempt).where(
        ProviderAttempt.secret_hash == fingerprint(secret),
        ProviderAttempt.expires_at > tx.now,
        ProviderAttempt.finished_at.is_(None),
    )
    found: ProviderAttempt | None = await tx.session.scalar(query.with_for_update())
    return found


async def forget_attempt(tx: Tx, attempt_id: UUID) -> None:
    await tx.session.execute(delete(ProviderAttempt).where(ProviderAttempt.id == attempt_id))
