"""Queries about members: a membership with its person, inside the caller's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, false, or_, select, union_all

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read, Reader
from services.chassis.data.sealed import Sealer
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import NotFound
from services.membership.domain.membership import OPEN, State
from services.membership.store.audited import audited
from services.membership.store.facts import phone_keys, tail_keys
from services.membership.store.scope import below, is_reader, name_matches
from services.membership.store.tables import Membership, Person, PersonKey, Union

COLUMNS: tuple[Any, ...] = (
    Membership.id,
    Membership.person_id,
    Membership.union_id,
    Membership.union_path,
    Membership.state,
    Membership.joined_on,
    Membership.left_on,
    Membership.group_code,
    Membership.join_path,
    Membership.channel,
    Membership.platforms,
    Membership.application_id,
    Membership.version,
    Person.name,
    Person.sex,
    Person.birth_year,
    Person.document_kind,
    Person.document_masked,
    Person.phone_masked,
    Person.member_number,
    Union.name.label("union_name"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search for members says; ``documents`` are blind indexes of an exact number."""

    text: str = ""
    documents: tuple[bytes, ...] = ()
    union_path: str = ""
    state: State | None = None
    group: str = ""


def visible_to(actor: Actor, own_phone: tuple[bytes, ...] = ()) -> Select[Any]:
    """Staff: members of their union and below; a worker: their own membership."""
    query = (
        select(*COLUMNS)
        .join(Person, Person.id == Membership.person_id)
        .join(Union, Union.id == Membership.union_id)
    )
    if actor.kind is Kind.SYSTEM:
        return query
    if actor.kind is Kind.WORKER:
        return query.where(is_theirs(actor, own_phone))
    if not is_reader(actor):
        return query.where(false())
    return query.where(below(Membership.union_path, actor.union_path))


def is_theirs(actor: Actor, own_phone: tuple[bytes, ...]) -> ColumnElement[bool]:
    """The person linked to this log-in, else one whose phone on record was just verified."""
    linked = Person.account_id == actor.id
    if not own_phone:
        return linked
    return or_(linked, Person.account_id.is_(None) & Person.phone_key.in_(own_phone))


async def find(actor: Actor, read: Read, membership_id: UUID) -> Row[Any]:
    query = visible_to(actor).where(Membership.id == membership_id)
    query = audited(read, query, "member.read", "membership", membership_id)
    if (row := await read.first(query)) is None:
        raise NotFound("没有找到这位会员，或不在您的管理范围内。")
    return row


async def search(
    actor: Actor, read: Read, wanted: Wanted, page: Cut
) -> tuple[Sequence[Row[Any]], str | None]:
    """Members by name, initials, number, exact document or phone, or the last four digits."""
    query = visible_to(actor)
    if text := wanted.text.strip():
        query = query.where(_matches(read.store.sealer, text, wanted.documents))
    if wanted.union_path:
        query = query.where(below(Membership.union_path, wanted.union_path))
    query = query.where(
        Membership.state == wanted.state if wanted.state else Membership.state.in_(OPEN)
    )
    if wanted.group:
        query = query.where(Membership.group_code == wanted.group)
    query = audited(read, query, "member.searched", "membership", by=kind_of(text))
    return await cut(read, query, [Membership.__table__.c.id], page, order="desc")


async def mine(actor: Actor, read: Reader, own_phone: tuple[bytes, ...]) -> Row[Any] | None:
    """A worker's newest membership, the open one first; None where two people share a phone."""
    query = visible_to(actor, own_phone).order_by(
        (Person.account_id == actor.id).desc().nulls_last(),
        Membership.state.in_(OPEN).desc(),
        Membership.id.desc(),
    )
    rows = await read.rows(query.limit(2).add_columns(Person.account_id))
    if not rows:
        return None
    shared = rows[0].account_id is None and len({row.person_id for row in rows}) > 1
    return None if shared else rows[0]


async def open_union_of(read: Reader, document_key: bytes) -> Row[Any] | None:
    """At which union a document is a member now, across the whole register (M-21)."""
    query = (
        select(
            Membership.id,
            Membership.union_id,
            Membership.union_path,
            Union.name,
            Union.phone,
            Person.phone_key,
        )
        .join(PersonKey, PersonKey.person_id == Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Union, Union.id == Membership.union_id)
        .where(PersonKey.blind == document_key, Membership.state.in_(OPEN))
    )
    return await read.first(query)


def _matches(sealer: Sealer, text: str, documents: tuple[bytes, ...]) -> ColumnElement[bool]:
    """The people meant, each way of finding them through its own index.

    An OR across tables would have the database look at every member instead.
    """
    match kind_of(text):
        case "document" if documents:
            of_document = select(PersonKey.person_id).where(PersonKey.blind.in_(documents))
            ways = [of_document, _people(Person.member_number == text.upper())]
        case "phone":
            ways = [
                _people(Person.phone_key.in_(phone_keys(sealer, text))),
                _people(Person.member_number == text),
            ]
        case "tail":
            ways = [_people(Person.phone_tail.in_(tail_keys(sealer, text)))]
        case "name":
            return name_matches(Person.name, Person.initials, text)
        case _:
            ways = [_people(Person.member_number == text.upper())]
    return Membership.person_id.in_(union_all(*ways))


def _people(found: ColumnElement[bool]) -> Select[Any]:
    return select(Person.id).where(found)


def kind_of(text: str) -> str:
    """How a search was meant; this word, never the text, goes into the audit."""
    if not text:
        return "all"
    if text.isascii() and text.isdigit():
        return {4: "tail", 11: "phone", 15: "document", 18: "document"}.get(len(text), "number")
    if text.isascii() and any(c.isdigit() for c in text):
        return "document"
    return "name"
