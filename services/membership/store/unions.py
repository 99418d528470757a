"""Queries about union organisations."""

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, false, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import NotFound
from services.membership.domain.numbers import poster_code
from services.membership.store.scope import below
from services.membership.store.tables import Poster, Union

PUBLIC_COLUMNS = (
    Union.id,
    Union.name,
    Union.level,
    Union.kind,
    Union.division,
    Union.address,
    Union.phone,
    Union.employer_name,
    Union.catches_all,
    Union.trade,
    Union.state,
)
POSTER_BITS = 64


def visible_to(actor: Actor) -> Select[Any]:
    """Staff see their own union and everything below it (J-2); other systems see none of it."""
    query = select(Union)
    match actor.kind:
        case Kind.SYSTEM:
            return query
        case Kind.STAFF:
            return query.where(below(Union.path, actor.union_path))
        case _:
            return query.where(false())


async def find(actor: Actor, read: Reader, union_id: UUID) -> Row[Any]:
    """All columns of one union in the caller's scope."""
    query = visible_to(actor).with_only_columns(*Union.__table__.c).where(Union.id == union_id)
    if (row := await read.first(query)) is None:
        raise NotFound("没有找到这个工会，或它不在您的管理范围内。")
    return row


async def lock(actor: Actor, tx: Tx, union_id: UUID) -> Union:
    query = visible_to(actor).where(Union.id == union_id).with_for_update()
    row: Union | None = await tx.session.scalar(query)
    if row is None:
        raise NotFound("没有找到这个工会，或它不在您的管理范围内。")
    return row


async def hold(tx: Tx, union_id: UUID) -> Union:
    """One union, whoever asks, kept as it is until the transaction ends: somebody joins it."""
    query = select(Union).where(Union.id == union_id, Union.state == "active")
    row: Union | None = await tx.session.scalar(query.with_for_update(read=True, key_share=True))
    if row is None:
        raise NotFound("没有找到这个工会，请重新选择。")
    return row


async def children(
    actor: Actor, read: Reader, parent_id: UUID | None, page: Cut
) -> tuple[Sequence[Row[Any]], str | None]:
    """The unions directly below one; without a parent, the caller's own union."""
    query = visible_to(actor).with_only_columns(*Union.__table__.c)
    if parent_id is None:
        query = query.where(Union.id == actor.union_id)
    else:
        query = query.where(Union.parent_id == parent_id)
    return await cut(read, query, [Union.__table__.c.code, Union.__table__.c.id], page)


async def public_facts(read: Reader, union_id: UUID) -> Row[Any]:
    """What anybody may know about an active union."""
    query = select(*PUBLIC_COLUMNS).where(Union.id == union_id, Union.state == "active")
    if (row := await read.first(query)) is None:
        raise NotFound("没有找到这个工会，请返回重新查找。")
    return row


async def by_poster(read: Reader, code: str) -> Row[Any]:
    """The union behind a poster that still hangs."""
    query = (
        select(*PUBLIC_COLUMNS, Poster.code.label("poster"), Poster.label.label("poster_label"))
        .join(Poster, Poster.union_id == Union.id)
        .where(Poster.code == code, Poster.revoked_at.is_(None), Union.state == "active")
    )
    if (row := await read.first(query)) is None:
        raise NotFound("这张二维码已失效，请扫描新的海报，或按工作地点查找工会。")
    return row


async def poster_of(tx: Tx, union_id: UUID, label: str) -> str | None:
    """The live code of a union's poster with this label."""
    query = select(Poster.code).where(
        Poster.union_id == union_id, Poster.label == label, Poster.revoked_at.is_(None)
    )
    code: str | None = await tx.session.scalar(query.limit(1))
    return code


async def name_of(read: Reader, union_id: UUID | None) -> str:
    """The bare name of any union, for M-21 and for headings."""
    if union_id is None:
        return ""
    row = await read.first(select(Union.name).where(Union.id == union_id))
    return str(row.name) if row else ""


async def contact_of(read: Reader, union_id: UUID) -> Row[Any] | None:
    """A union's name and telephone, which M-21 may show."""
    return await read.first(select(Union.id, Union.name, Union.phone).where(Union.id == union_id))


async def taken(tx: Tx, **values: object) -> bool:
    """Whether an active union with these values exists anywhere; the caller learns no more."""
    query = select(Union.id).where(Union.state == "active").filter_by(**values)
    return await tx.session.scalar(query.limit(1)) is not None


async def level_of(tx: Tx, union_id: UUID | None) -> int | None:
    """The level of the union above, which bounds the levels below it (M-30)."""
    if union_id is None:
        return None
    level: int | None = await tx.session.scalar(select(Union.level).where(Union.id == union_id))
    return level


async def main_poster(actor: Actor, read: Reader, union_id: UUID) -> str:
    """The code of a union's own poster, which it has had from the day it was entered."""
    query = (
        visible_to(actor)
        .join(Poster, Poster.union_id == Union.id)
        .with_only_columns(Poster.code)
        .where(Union.id == union_id, Poster.revoked_at.is_(None))
        .order_by(Poster.label, Poster.made_at)
        .limit(1)
    )
    if (row := await read.first(query)) is None:
        raise NotFound("没有找到这个工会的海报，或它不在您的管理范围内。")
    return str(row.code)


async def hang_poster(tx: Tx, union_id: UUID, label: str) -> str:
    """Draw codes until one is free; with one chance in seven hundred million of a clash."""
    while True:
        code = poster_code(secrets.randbits(POSTER_BITS))
        row = insert(Poster).values(
            code=code, union_id=union_id, label=label, made_by=tx.actor.id, made_at=tx.now
        )
        if await tx.session.scalar(row.on_conflict_do_nothing().returning(Poster.code)):
            return code


async def by_word(actor: Actor, read: Reader, word: str) -> UUID | None:
    """A union in scope by its code or exact name, where only one answers to it."""
    query = visible_to(actor).with_only_columns(Union.id).where(Union.state == "active")
    rows = await read.rows(query.where(or_(Union.code == word, Union.name == word)).limit(2))
    return rows[0].id if len(rows) == 1 else None
