"""Sessions and their refresh tokens; both are known by the hash of their secret only."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from services.chassis.data.read import Reader
from services.chassis.data.tx import Tx
from services.identity.store.tables import SCHEMA, RefreshToken, Revocation, Session

MOST_SHOWN = 100


def alive(now: datetime, idle: timedelta) -> ColumnElement[bool]:
    """Neither ended, nor idle for too long, nor older than a session may become (AUTH-06)."""
    return and_(Session.ended_at.is_(None), Session.expires_at > now, Session.seen_at > now - idle)


async def lock_alive(tx: Tx, session_id: UUID, idle: timedelta) -> Session | None:
    query = select(Session).where(Session.id == session_id, alive(tx.now, idle))
    found: Session | None = await tx.session.scalar(query.with_for_update())
    return found


async def touch(tx: Tx, secret_hash: bytes, idle: timedelta) -> Session | None:
    """The live session with this secret, seen now."""
    query = (
        update(Session)
        .where(Session.secret_hash == secret_hash, alive(tx.now, idle))
        .values(seen_at=tx.now)
        .returning(Session)
    )
    found: Session | None = await tx.session.scalar(query)
    return found


async def is_alive(reader: Reader, session_id: UUID, idle: timedelta) -> bool:
    query = select(Session.id).where(Session.id == session_id, alive(reader.now, idle))
    return await reader.first(query) is not None


async def one(reader: Reader, session_id: UUID) -> Any | None:
    query = select(Session.id, Session.acting_union_id, Session.expires_at)
    return await reader.first(query.where(Session.id == session_id))


async def alive_of(reader: Reader, person_id: UUID, idle: timedelta) -> Any:
    """Somebody's live sessions, the one used last first."""
    query = select(
        Session.id, Session.started_at, Session.seen_at, Session.expires_at, Session.auth
    )
    query = query.where(Session.person_id == person_id, alive(reader.now, idle))
    return await reader.rows(query.order_by(Session.seen_at.desc(), Session.id).limit(MOST_SHOWN))


async def add_refresh_token(tx: Tx, session_id: UUID, token_hash: bytes) -> None:
    await tx.session.execute(
        insert(RefreshToken).values(token_hash=token_hash, session_id=session_id, issued_at=tx.now)
    )


async def lock_refresh_token(tx: Tx, token_hash: bytes) -> RefreshToken | None:
    query = select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update()
    found: RefreshToken | None = await tx.session.scalar(query)
    return found


async def end(tx: Tx, because: str, *which: ColumnElement[bool]) -> list[UUID]:
    """End the chosen sessions, and tell the gateways.

    Endings are committed one after another, so that whoever reads the feed never sees a number
    while a smaller one is still to come. The lock is taken last, and held for a commit.
    """
    ended = list(
        await tx.session.scalars(
            update(Session)
            .where(Session.ended_at.is_(None), *which)
            .values(ended_at=tx.now, ended_because=because)
            .returning(Session.id)
        )
    )
    if ended:
        turn = func.pg_advisory_xact_lock(func.hashtext(f"{SCHEMA}:revocations"))
        await tx.session.execute(select(turn))
        rows = [{"session_id": session_id, "at": tx.now} for session_id in ended]
        await tx.session.execute(insert(Revocation), rows)
    return ended


async def end_all_of(tx: Tx, person_id: UUID, because: str) -> list[UUID]:
    return await end(tx, because, Session.person_id == person_id)


async def end_one(tx: Tx, session_id: UUID, because: str) -> list[UUID]:
    return await end(tx, because, Session.id == session_id)


async def forget(tx: Tx, session_id: UUID) -> None:
    """Take away a session that has long ended, with its refresh tokens and revocation."""
    await tx.session.execute(delete(Revocation).where(Revocation.session_id == session_id))
    await tx.session.execute(delete(Session).where(Session.id == session_id))


async def revoked_after(reader: Reader, seq: int, since: datetime, limit: int) -> Any:
    """Endings after ``seq``; those older than any token that could still be around are left out."""
    query = (
        select(Revocation.seq, Revocation.session_id, Revocation.at)
        .where(Revocation.seq > seq, Revocation.at > since)
        .order_by(Revocation.seq)
        .limit(limit)
    )
    return await reader.rows(query)
