"""What other systems sent; every query begins with whose it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Select, bindparam, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.membership.domain.application import WAITING
from services.membership.domain.membership import OPEN
from services.membership.store.tables import Application, Membership, PersonKey, PlatformItem


def visible_to(actor: Actor) -> Select[Any]:
    """A client sees what it sent itself, and nobody else sees it here."""
    return select(PlatformItem).where(PlatformItem.client_id == actor.id)


async def claim(actor: Actor, tx: Tx, references: Collection[str]) -> set[str]:
    """The references that are new; of two batches at once the second waits for the first.

    They are taken in one order, so that two batches never wait for each other.
    """
    rows = [
        {
            "client_id": actor.id,
            "reference": reference,
            "is_own": False,
            "received_at": tx.now,
        }
        for reference in sorted(references)
    ]
    fresh = insert(PlatformItem).values(rows).on_conflict_do_nothing()
    return set(await tx.session.scalars(fresh.returning(PlatformItem.reference)))


async def release(actor: Actor, tx: Tx, references: Collection[str]) -> None:
    """Let references go that came to nothing, so that they may be sent again, corrected."""
    if references:
        mine = PlatformItem.client_id == actor.id
        gone = delete(PlatformItem).where(mine, PlatformItem.reference.in_(references))
        await tx.session.execute(gone, execution_options={"synchronize_session": False})


async def link(actor: Actor, tx: Tx, applications: Mapping[str, UUID], *, is_own: bool) -> None:
    """Note which application each reference led to."""
    if not applications:
        return
    table = PlatformItem.__table__
    change = (
        update(table)  # type: ignore[arg-type]  # a mapped class's table is a Table
        .where(table.c.client_id == actor.id, table.c.reference == bindparam("sent"))
        .values(application_id=bindparam("found"), is_own=is_own)
    )
    connection = await tx.session.connection()
    await connection.execute(
        change, [{"sent": sent, "found": found} for sent, found in applications.items()]
    )


async def known(actor: Actor, tx: Tx, references: Collection[str]) -> dict[str, Any]:
    """What was sent before, by reference."""
    query = _columns(visible_to(actor)).where(PlatformItem.reference.in_(references))
    return {row.reference: row for row in await tx.rows(query)}


async def results(
    actor: Actor, read: Read, references: Sequence[str], page: Cut
) -> tuple[Sequence[Any], str | None]:
    """What became of what the client sent, in the order in which it came in."""
    query = _columns(visible_to(actor))
    if references:
        query = query.where(PlatformItem.reference.in_(references))
    by = (PlatformItem.received_at.expression, PlatformItem.reference.expression)
    return await cut(read, query, by, page)


async def members(tx: Tx, keys: Collection[bytes]) -> dict[bytes, UUID]:
    """Where documents are registered already: for the staff who decide, not for the client."""
    query = (
        select(PersonKey.blind, Membership.union_id)
        .join(Membership, Membership.person_id == PersonKey.person_id)
        .where(PersonKey.blind == func.any(literal(list(keys), ARRAY(LargeBinary))))
        .where(Membership.state.in_(OPEN))
    )
    return {row.blind: row.union_id for row in await tx.rows(query)}


async def waiting(tx: Tx, keys: Collection[bytes]) -> dict[bytes, UUID]:
    """The applications that wait for documents."""
    query = select(Application.document_key, Application.id).where(
        Application.document_key == func.any(literal(list(keys), ARRAY(LargeBinary))),
        Application.state.in_(WAITING),
    )
    return {row.document_key: row.id for row in await tx.rows(query)}


def _columns(query: Select[Any]) -> Select[Any]:
    own = PlatformItem.is_own
    joined = query.outerjoin(Application, Application.id == PlatformItem.application_id)
    tells_why = own & Application.conflict_union_id.is_(None)
    return joined.with_only_columns(
        PlatformItem.reference,
        PlatformItem.received_at,
        case((own, Application.number)).label("number"),
        case((own, Application.state)).label("state"),
        case((own, Application.decided_at)).label("decided_at"),
        case((tells_why, Application.reason), else_="").label("reason"),
    )
