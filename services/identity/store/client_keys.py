"""The keys of API clients."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from services.chassis.data.read import Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.refusals import Duplicate, NotFound
from services.identity.store.tables import ClientKey


async def add(tx: Tx, key: ClientKey) -> None:
    """A key belongs to one client for ever, revoked or not."""
    try:
        async with tx.session.begin_nested():
            tx.session.add(key)
    except IntegrityError as error:
        raise Duplicate("这把密钥（或这个密钥标识）已经登记过，请换一把。", field="kid") from error


async def lock(tx: Tx, client_id: UUID, key_id: UUID) -> ClientKey:
    query = select(ClientKey).where(
        ClientKey.id == key_id, ClientKey.client_id == client_id, ClientKey.revoked_at.is_(None)
    )
    key: ClientKey | None = await tx.session.scalar(query.with_for_update())
    if key is None:
        raise NotFound("这个接入方没有这把密钥，或已经吊销。")
    return key


async def of_client(reader: Reader, client_id: UUID) -> Sequence[Any]:
    """All keys of a client, the newest first."""
    query = select(
        ClientKey.id,
        ClientKey.kid,
        ClientKey.algorithm,
        ClientKey.not_before,
        ClientKey.expires_at,
        ClientKey.revoked_at,
        ClientKey.added_at,
    ).where(ClientKey.client_id == client_id)
    return await reader.rows(query.order_by(ClientKey.added_at.desc(), ClientKey.id.desc()))


async def count(tx: Tx, client_id: UUID) -> int:
    """How many keys are good, or will be."""
    query = select(func.count()).where(ClientKey.client_id == client_id, *_unended(tx.now))
    return int(await tx.session.scalar(query) or 0)


async def public_now(reader: Reader, client_id: UUID) -> list[dict[str, Any]]:
    """The public keys that count at this instant."""
    query = select(ClientKey.jwk).where(
        ClientKey.client_id == client_id,
        ClientKey.jwk.is_not(None),
        ClientKey.not_before <= reader.now,
        *_unended(reader.now),
    )
    return [row.jwk for row in await reader.rows(query.order_by(ClientKey.id))]


def secret_place(key_id: UUID) -> str:
    return f"client_keys:{key_id}:secret"


def _unended(now: datetime) -> tuple[Any, Any]:
    return (
        ClientKey.revoked_at.is_(None),
        or_(ClientKey.expires_at.is_(None), ClientKey.expires_at > now),
    )
