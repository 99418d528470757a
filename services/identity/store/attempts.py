"""Counts failed log-ins by account name, known or not, so that both look the same from outside."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.identity.domain.lockout import FORGIVEN_AFTER, Attempts
from services.identity.store.tables import Attempt

PRUNED_AT_ONCE = 20


def keys_of(sealer: Sealer, account: str) -> tuple[bytes, ...]:
    """Names are not kept in the clear: people mistype passwords into that field.

    The first key is the one in use; under the others an earlier index key may have remembered.
    """
    return sealer.blinds("log-in-attempts", account.strip().lower()[:200])


async def lock(tx: Tx, keys: Sequence[bytes]) -> Attempts:
    """What is remembered under this name; nobody else counts there until the transaction ends."""
    await _carry_over(tx, keys)
    query = select(
        Attempt.failures, Attempt.since, Attempt.locks, Attempt.locked_until, Attempt.last_at
    )
    row = await tx.first(query.where(Attempt.name_key == keys[0]).with_for_update())
    return Attempts(*row) if row else Attempts()


async def count_failure(tx: Tx, keys: Sequence[bytes]) -> tuple[Attempts, Attempts]:
    """Remember one more failure; what was and what is remembered."""
    await _carry_over(tx, keys)
    empty = {"name_key": keys[0], "failures": 0, "locks": 0, "last_at": tx.now}
    await tx.session.execute(insert(Attempt).values(empty).on_conflict_do_nothing())
    before = await lock(tx, keys[:1])
    after = before.failed(tx.now)
    changed = asdict(after) | {"last_at": after.last_at or tx.now}
    row = insert(Attempt).values(name_key=keys[0], **changed)
    await tx.session.execute(row.on_conflict_do_update(index_elements=["name_key"], set_=changed))
    await _prune(tx, tx.now - FORGIVEN_AFTER)
    return before, after


async def forget(tx: Tx, keys: Sequence[bytes]) -> None:
    """Start afresh: after a log-in, or when an administrator unlocks."""
    await tx.session.execute(delete(Attempt).where(Attempt.name_key.in_(keys)))


async def _carry_over(tx: Tx, keys: Sequence[bytes]) -> None:
    """What stands under an earlier key comes under the one in use; most times there is one key."""
    key, *others = keys
    if not others:
        return
    table = Attempt.__table__.c
    kept = [column for column in table if column.name != "name_key"]
    earlier = select(literal(key), *kept).where(Attempt.name_key.in_(others))
    moved = insert(Attempt).from_select(
        ["name_key", *(column.name for column in kept)],
        earlier.order_by(Attempt.last_at.desc()).limit(1),
    )
    await tx.session.execute(moved.on_conflict_do_nothing())
    await tx.session.execute(delete(Attempt).where(Attempt.name_key.in_(others)))


async def _prune(tx: Tx, before: datetime) -> None:
    """Names are guessed by the thousand; what is forgiven anyway need not be kept."""
    old = select(Attempt.name_key).where(Attempt.last_at < before).limit(PRUNED_AT_ONCE)
    await tx.session.execute(
        delete(Attempt).where(Attempt.name_key.in_(old.with_for_update(skip_locked=True)))
    )
