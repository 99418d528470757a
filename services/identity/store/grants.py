"""Roles granted at unions."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, or_, select, update

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read, Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.refusals import NotFound
from services.identity.domain.account import State
from services.identity.domain.roles import GRANTABLE, Held
from services.identity.domain.standing import GrantAt
from services.identity.store import accounts
from services.identity.store.accounts import OVERSEERS
from services.identity.store.tables import Grant, StaffAccount, Union


def visible_to(actor: Actor) -> Select[Any]:
    """Whoever looks after accounts sees the grants at the acting union and below (J-2)."""
    query = select(Grant).join(Union, Union.id == Grant.union_id)
    if actor.has(Role.SYSTEM):
        return query
    if not actor.has(*OVERSEERS) or not actor.union_path:
        return query.where(literal(False))
    return query.where(Union.path.startswith(actor.union_path, autoescape=True))


BY = (Grant.granted_at.expression, Grant.id.expression)
COLUMNS: list[Any] = [
    Grant.id,
    Grant.account_id,
    StaffAccount.account,
    StaffAccount.name.label("account_name"),
    Grant.union_id,
    Union.name.label("union_name"),
    Grant.role,
    Grant.expires_on,
    Grant.granted_at,
]


def _rows(actor: Actor) -> Select[Any]:
    query = visible_to(actor).join(StaffAccount, StaffAccount.id == Grant.account_id)
    return query.where(Grant.revoked_at.is_(None)).with_only_columns(*COLUMNS)


async def one(actor: Actor, read: Reader, grant_id: UUID) -> Any:
    row = await read.first(_rows(actor).where(Grant.id == grant_id))
    if row is None:
        raise NotFound("没有这项授权，或不在您的管理范围内。")
    return row


async def of_account(
    actor: Actor, read: Read, account_id: UUID, page: Cut
) -> tuple[Any, str | None]:
    """What an account may do in the caller's scope; one that is out of sight is not found."""
    query = _rows(actor).where(Grant.account_id == account_id)
    rows, following = await cut(read, query, BY, page)
    if not rows:
        await accounts.one(actor, read, account_id)
    return rows, following


async def listed(actor: Actor, read: Read, page: Cut) -> tuple[Any, str | None]:
    return await cut(read, _rows(actor), BY, page, order="desc")


async def lock(actor: Actor, tx: Tx, grant_id: UUID) -> Grant:
    query = visible_to(actor).where(Grant.id == grant_id, Grant.revoked_at.is_(None))
    grant: Grant | None = await tx.session.scalar(query.with_for_update(of=Grant))
    if grant is None:
        raise NotFound("没有这项授权，或不在您的管理范围内，或已经收回。")
    return grant


async def held_by(reader: Reader, account_id: UUID) -> list[GrantAt]:
    """Every grant that was not taken back, with where its union stands now."""
    query = (
        select(Grant.role, Grant.union_id, Union.path, Union.name, Grant.expires_on)
        .join(Union, Union.id == Grant.union_id)
        .where(Grant.account_id == account_id, Grant.revoked_at.is_(None))
    )
    return [
        GrantAt(Role(row.role), row.union_id, row.path, row.name, row.expires_on)
        for row in await reader.rows(query)
    ]


def as_held(grants: list[GrantAt]) -> list[Held]:
    return [Held(grant.role, grant.path) for grant in grants]


async def lock_same(tx: Tx, account_id: UUID, union_id: UUID, role: Role) -> Grant | None:
    """The same role at the same union, expired or not, that was never taken back."""
    query = select(Grant).where(
        Grant.account_id == account_id,
        Grant.union_id == union_id,
        Grant.role == role,
        Grant.revoked_at.is_(None),
    )
    found: Grant | None = await tx.session.scalar(query.with_for_update())
    return found


async def end_all_of(tx: Tx, account_id: UUID, roles: Iterable[Role] = GRANTABLE) -> int:
    """Take everything back, or only ``roles``, and say how much that was."""
    row = (
        update(Grant)
        .where(
            Grant.account_id == account_id,
            Grant.revoked_at.is_(None),
            Grant.role.in_(sorted(roles)),
        )
        .values(revoked_at=tx.now, revoked_by=tx.actor.id)
        .returning(Grant.id)
    )
    return len(list(await tx.session.scalars(row)))


async def is_held(tx: Tx, role: Role) -> bool:
    """Whether anybody whose account is open holds this role today, wherever it is."""
    query = (
        select(Grant.id)
        .join(StaffAccount, StaffAccount.id == Grant.account_id)
        .where(
            Grant.role == role,
            Grant.revoked_at.is_(None),
            or_(Grant.expires_on.is_(None), Grant.expires_on >= tx.today),
            StaffAccount.state != State.CLOSED,
        )
    )
    return await tx.first(query.limit(1)) is not None
