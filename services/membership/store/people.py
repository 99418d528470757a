"""Queries about people, inside the caller's scope."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, false, or_, select

from services.chassis.data.read import Read, Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import NotFound
from services.membership.domain.application import State
from services.membership.store.audited import audited
from services.membership.store.memberships import is_theirs
from services.membership.store.scope import below, is_reader
from services.membership.store.tables import (
    Application,
    ApplicationStep,
    Membership,
    MembershipChange,
    Person,
    PersonKey,
    Union,
)

MISSING = "没有找到这个人，或不在您的管理范围内。"


def visible_to(actor: Actor, own_phone: tuple[bytes, ...] = ()) -> Select[Any]:
    """Staff see whoever is or was a member, or has applied, in their scope; a worker themselves."""
    query = select(Person)
    if actor.kind is Kind.SYSTEM:
        return query
    if actor.kind is Kind.WORKER:
        return query.where(is_theirs(actor, own_phone))
    if not is_reader(actor):
        return query.where(false())
    member = select(Membership.id).where(
        Membership.person_id == Person.id, below(Membership.union_path, actor.union_path)
    )
    applicant = select(Application.id).where(
        Application.person_id == Person.id,
        Application.state != State.DRAFT,
        below(Application.union_path, actor.union_path),
    )
    return query.where(or_(member.exists(), applicant.exists()))


async def find(
    actor: Actor, read: Read, person_id: UUID, own_phone: tuple[bytes, ...] = ()
) -> Row[Any]:
    query = visible_to(actor, own_phone).with_only_columns(*Person.__table__.c)
    query = query.where(Person.id == person_id)
    query = audited(read, query, "person.read", "person", person_id)
    if (row := await read.first(query)) is None:
        raise NotFound(MISSING)
    return row


async def disclosed(
    actor: Actor,
    read: Read,
    person_id: UUID,
    purpose: str,
    fields: Sequence[str],
    own_phone: tuple[bytes, ...] = (),
) -> Row[Any]:
    """The sealed facts, with purpose and fields audited in the statement that reads them."""
    columns = Person.__table__.c
    query = visible_to(actor, own_phone).with_only_columns(columns.id, columns.facts)
    query = audited(
        read,
        query.where(Person.id == person_id),
        "person.disclosed",
        "person",
        person_id,
        reason=purpose,
        fields=list(fields),
    )
    if (row := await read.first(query)) is None:
        raise NotFound(MISSING)
    return row


async def lock(actor: Actor, tx: Tx, person_id: UUID, own_phone: tuple[bytes, ...] = ()) -> Person:
    query = visible_to(actor, own_phone).where(Person.id == person_id)
    row: Person | None = await tx.session.scalar(query.with_for_update(of=Person))
    if row is None:
        raise NotFound(MISSING)
    return row


async def by_document(read: Reader, document_key: bytes) -> UUID | None:
    """Who a document belongs to, in the whole register; callers must not tell."""
    row = await read.first(select(PersonKey.person_id).where(PersonKey.blind == document_key))
    return row.person_id if row else None


async def changes(actor: Actor, read: Reader, person_id: UUID) -> Sequence[Row[Any]]:
    """The membership history that the caller may see, in national codes (B.3)."""
    query = (
        select(MembershipChange.__table__, Union.name.label("union_name"))
        .join(Union, Union.id == MembershipChange.union_id)
        .where(MembershipChange.person_id == person_id)
    )
    if actor.kind is Kind.STAFF:
        query = query.where(below(MembershipChange.union_path, actor.union_path))
    return await read.rows(query.order_by(MembershipChange.recorded_at.desc()).limit(200))


async def steps(actor: Actor, read: Reader, person_id: UUID) -> Sequence[Row[Any]]:
    """The steps of this person's applications that the caller may see."""
    query = (
        select(ApplicationStep.__table__, Application.number, Union.name.label("union_name"))
        .join(Application, Application.id == ApplicationStep.application_id)
        .join(Union, Union.id == Application.union_id)
        .where(Application.person_id == person_id)
    )
    if actor.kind is Kind.STAFF:
        query = query.where(below(Application.union_path, actor.union_path))
    return await read.rows(query.order_by(ApplicationStep.at.desc()).limit(200))
