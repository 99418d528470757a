"""What changed among applications, members and unions, for whoever follows them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, select
from sqlalchemy.orm import InstrumentedAttribute

from services.chassis.data.changes import changes
from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor, Kind
from services.membership.domain.application import State
from services.membership.store.scope import below, is_reader
from services.membership.store.tables import Application, Membership, Union

Changed = tuple[Sequence[Row[Any]], str, bool]
# What says how it stands, and nothing about the person.
APPLICATION = (
    *(Application.changed_xid, Application.id, Application.number, Application.union_id),
    *(Application.state, Application.membership_id, Application.version, Application.updated_at),
)
MEMBERSHIP = (
    *(Membership.changed_xid, Membership.id, Membership.person_id, Membership.union_id),
    *(Membership.state, Membership.joined_on, Membership.left_on, Membership.version),
    *(Membership.application_id, Membership.updated_at),
)
UNION = (
    *(Union.changed_xid, Union.id, Union.parent_id, Union.path, Union.name, Union.code),
    *(Union.state, Union.version, Union.updated_at),
)


async def applications(actor: Actor, read: Read, page: Cut) -> Changed:
    """Handed-in applications: a draft is nobody's business yet."""
    query = _visible(actor, "membership:applications.read", Application.union_path, APPLICATION)
    query = query.where(Application.state != State.DRAFT)
    return await changes(read, query, Application.changed_xid, Application.id, page)


async def members(actor: Actor, read: Read, page: Cut) -> Changed:
    """Memberships, those that ended too."""
    query = _visible(actor, "membership:members.read", Membership.union_path, MEMBERSHIP)
    return await changes(read, query, Membership.changed_xid, Membership.id, page)


async def unions(actor: Actor, read: Read, page: Cut) -> Changed:
    """Unions, those that were dissolved too."""
    query = _visible(actor, "membership:unions.read", Union.path, UNION)
    return await changes(read, query, Union.changed_xid, Union.id, page)


def _visible(
    actor: Actor, scope: str, path: InstrumentedAttribute[str], columns: Sequence[Any]
) -> Select[Any]:
    return select(*columns).where(_in_scope(actor, scope, path))


def _in_scope(actor: Actor, scope: str, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Clients by scope, staff as readers, each at their union and below (J-2)."""
    is_client = actor.kind is Kind.SERVICE and bool(actor.client) and scope in actor.scopes
    return below(path, actor.union_path) if is_client or is_reader(actor) else false()
