"""Codes sent to phones: what is needed to limit, check and forget them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update

from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.identity.domain.phone_codes import DAY, HOUR
from services.identity.store.tables import SCHEMA, PhoneCode


def phone_keys(sealer: Sealer, phone: str) -> tuple[bytes, ...]:
    """The first is the one in use; an earlier index key may have written the others."""
    return sealer.blinds("code-phone", phone)


def address_keys(sealer: Sealer, address: str) -> tuple[bytes, ...]:
    return sealer.blinds("code-address", address)


def code_hashes(sealer: Sealer, code_id: UUID, code: str) -> tuple[bytes, ...]:
    """Six digits are guessed at once from a plain hash; this one needs the key, and the row."""
    return sealer.blinds("phone-code", f"{code_id}:{code}")


async def take_turn(tx: Tx, key: bytes) -> None:
    """One request after another for each phone, so that two at once do not send two codes."""
    turn = func.pg_advisory_xact_lock(func.hashtext(SCHEMA), func.hashtext(key.hex()))
    await tx.session.execute(select(turn))


async def sent_to(tx: Tx, keys: Sequence[bytes]) -> Sequence[datetime]:
    query = select(PhoneCode.sent_at).where(
        PhoneCode.phone_key.in_(keys),
        PhoneCode.sent_at > tx.now - DAY,
        PhoneCode.failed_at.is_(None),
    )
    return list(await tx.session.scalars(query))


async def count_from(tx: Tx, keys: Sequence[bytes]) -> int:
    query = select(func.count()).where(
        PhoneCode.address_key.in_(keys), PhoneCode.sent_at > tx.now - HOUR
    )
    return int(await tx.session.scalar(query) or 0)


async def lock_latest(tx: Tx, keys: Sequence[bytes]) -> PhoneCode | None:
    """Only the code sent last is good."""
    query = (
        select(PhoneCode)
        .where(PhoneCode.phone_key.in_(keys))
        .order_by(PhoneCode.sent_at.desc(), PhoneCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    found: PhoneCode | None = await tx.session.scalar(query)
    return found


async def count_try(tx: Tx, code_id: UUID) -> None:
    row = update(PhoneCode).where(PhoneCode.id == code_id).values(tries=PhoneCode.tries + 1)
    await tx.session.execute(row)


async def mark_failed(tx: Tx, code_id: UUID) -> None:
    row = update(PhoneCode).where(PhoneCode.id == code_id).values(failed_at=tx.now)
    await tx.session.execute(row)


async def forget(tx: Tx, code_id: UUID) -> None:
    await tx.session.execute(delete(PhoneCode).where(PhoneCode.id == code_id))
