"""The keys that sign user tokens; private halves are sealed and opened once in a process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from joserfc.jwk import OKPKey
from sqlalchemy import delete, func, select, update

from services.chassis.data.read import Reader
from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.chassis.edge.assertions import SigningKey
from services.chassis.kernel.ids import new_id
from services.identity.domain.signing_keys import ISSUER, kid_of
from services.identity.store.schema import SCHEMA
from services.identity.store.signing_key_tables import UserTokenKey

ALGORITHM: Final = "Ed25519"


def place(key_id: UUID) -> str:
    return f"user_token_keys:{key_id}:private"


@dataclass(slots=True)
class KeyRing:
    """Opened private keys; which of them signs is asked of the database each time."""

    opened: dict[UUID, SigningKey] = field(default_factory=dict)

    def open(self, sealer: Sealer, key_id: UUID, sealed: bytes) -> SigningKey:
        found = self.opened.get(key_id)
        if found is None:
            jwk = OKPKey.import_key(orjson.loads(sealer.open(sealed, place(key_id))))
            found = self.opened[key_id] = SigningKey(ISSUER, jwk)
        return found


async def take_turn(tx: Tx) -> None:
    """Whoever makes or revokes a key does so alone, until the transaction ends."""
    turn = func.pg_advisory_xact_lock(func.hashtext(f"{SCHEMA}:user_token_keys"))
    await tx.session.execute(select(turn))


async def signing(tx: Tx) -> Any | None:
    """The key whose turn it is, with its sealed half."""
    query = (
        select(UserTokenKey.id, UserTokenKey.private_sealed)
        .where(UserTokenKey.revoked_at.is_(None), UserTokenKey.signs_from <= tx.now)
        .order_by(UserTokenKey.signs_from.desc(), UserTokenKey.id.desc())
        .limit(1)
    )
    return await tx.first(query)


async def add(tx: Tx, signs_from: datetime) -> UUID:
    """A fresh key pair; the private half is never seen outside."""
    key_id = new_id()
    pair = OKPKey.generate_key(
        ALGORITHM, {"kid": kid_of(key_id), "use": "sig", "alg": ALGORITHM}, private=True
    )
    private = orjson.dumps(pair.as_dict(private=True))
    tx.session.add(
        UserTokenKey(
            id=key_id,
            public=pair.as_dict(private=False),
            private_sealed=tx.sealer.seal(private, place(key_id)),
            made_at=tx.now,
            signs_from=signs_from,
        )
    )
    await tx.session.flush()
    return key_id


async def every(reader: Reader) -> Sequence[Any]:
    """All keys without their private halves, the oldest first."""
    query = select(
        UserTokenKey.id,
        UserTokenKey.public,
        UserTokenKey.made_at,
        UserTokenKey.signs_from,
        UserTokenKey.revoked_at,
    )
    rows: Sequence[Any] = await reader.rows(
        query.order_by(UserTokenKey.signs_from, UserTokenKey.id)
    )
    return rows


async def revoke(tx: Tx, key_id: UUID) -> bool:
    """Whether there was such a key that was not revoked before."""
    query = (
        update(UserTokenKey)
        .where(UserTokenKey.id == key_id, UserTokenKey.revoked_at.is_(None))
        .values(revoked_at=tx.now)
        .returning(UserTokenKey.id)
    )
    return await tx.session.scalar(query) is not None


async def forget(tx: Tx, key_ids: Sequence[UUID]) -> None:
    await tx.session.execute(delete(UserTokenKey).where(UserTokenKey.id.in_(key_ids)))
