"""Codes sent to phones: what is needed to limit, check and forget them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update

from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.identity.domain.phone_codes import DAY, HOUR
from services.identity.store.tables import SCHEMA, PhoneCode


def phone_key(sealer: Sealer, phone: str) -> bytes:
    return sealer.blind("code-phone", phone)


def address_key(sealer: Sealer, address: str) -> bytes:
    return sealer.blind("code-address", address)


def code_hash(sealer: Sealer, code_id: UUID, code: str) -> bytes:
    """Six digits are guessed at once from a plain hash; this one needs the key, and the row."""
    return sealer.blind("phone-code", f"{code_id}:{code}")


async def take_turn(tx: Tx, key: bytes) -> None:
    """One request after another for each phone, so that two at once do not send two codes."""
    turn = func.pg_advisory_xact_lock(func.hashtext(SCHEMA), func.hashtext(key.hex()))
    await tx.session.execute(select(turn))


async def sent_to(tx: Tx, key: bytes) -> Sequence[datetime]:
    query = select(PhoneCode.sent_at).where(
        PhoneCode.phone_key == key, PhoneCode.sent_at > tx.now - DAY, PhoneCode.failed_at.is_(None)
    )
    return list(await tx.session.scalars(query))


async def count_from(tx: Tx, key: bytes) -> int:
    query = select(func.count()).where(
        PhoneCode.address_key == key, PhoneCode.sent_at > tx.now - HOUR
    )
    return int(await tx.session.scalar(query) or 0)


async def lock_latest(tx: Tx, key: bytes) -> PhoneCode | None:
    """Only the code sent last is good."""
    query = (
        select(PhoneCode)
        .where(PhoneCode.phone_key == key)
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
