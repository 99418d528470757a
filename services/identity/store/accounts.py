"""Staff accounts; every query begins with which accounts the actor may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, or_, select

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read, Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.refusals import NotFound, Stale
from services.identity.store.tables import Attempt, StaffAccount, Union

OVERSEERS = (Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR)


def visible_to(actor: Actor) -> Select[Any]:
    """Whoever looks after accounts sees those kept at the acting union and below (J-2)."""
    query = select(StaffAccount).join(Union, Union.id == StaffAccount.union_id)
    if actor.has(Role.SYSTEM):
        return query
    if not actor.has(*OVERSEERS) or not actor.union_path:
        return query.where(literal(False))
    return query.where(Union.path.startswith(actor.union_path, autoescape=True))


async def lock(actor: Actor, tx: Tx, account_id: UUID, version: int | None = None) -> StaffAccount:
    """The account, held until the transaction ends; refused when it changed since it was read."""
    query = visible_to(actor).where(StaffAccount.id == account_id)
    account: StaffAccount | None = await tx.session.scalar(query.with_for_update(of=StaffAccount))
    if account is None:
        raise NotFound("没有这个账号，或不在您的管理范围内。")
    if version is not None and version != account.version:
        raise Stale("这个账号刚被别人修改过，请刷新后核对再办理。")
    return account


def phone_place(account_id: UUID) -> str:
    return f"staff_accounts:{account_id}:phone"


def totp_place(account_id: UUID) -> str:
    return f"staff_accounts:{account_id}:totp"


async def lock_named(tx: Tx, account: str) -> StaffAccount | None:
    """The account that is logging in or being activated, held until the transaction ends."""
    query = select(StaffAccount).where(StaffAccount.account == account).with_for_update()
    found: StaffAccount | None = await tx.session.scalar(query)
    return found


async def named(read: Reader, account: str) -> Any | None:
    """What is needed to check a log-in or an activation, before any transaction is opened."""
    query = select(
        StaffAccount.id,
        StaffAccount.name,
        StaffAccount.state,
        StaffAccount.password_hash,
        StaffAccount.activation_hash,
        StaffAccount.activation_expires_at,
    )
    return await read.first(query.where(StaffAccount.account == account))


async def name_of(read: Read, account_id: UUID) -> str:
    """One's own account name; nobody else's is asked for by id alone."""
    query = select(StaffAccount.account).where(StaffAccount.id == account_id)
    row = await read.first(query)
    if row is None:
        raise NotFound("这里只供工作人员使用。")
    return str(row.account)


COLUMNS: list[Any] = [
    StaffAccount.id,
    StaffAccount.account,
    StaffAccount.name,
    StaffAccount.state,
    StaffAccount.version,
    StaffAccount.phone_sealed,
    StaffAccount.created_at,
    StaffAccount.password_set_at,
    StaffAccount.activation_expires_at,
    StaffAccount.union_id,
    Union.name.label("union_name"),
    Union.path.label("union_path"),
]


def _rows(actor: Actor) -> Select[Any]:
    return visible_to(actor).with_only_columns(*COLUMNS)


async def one(actor: Actor, read: Reader, account_id: UUID) -> Any:
    """One account as a page shows it."""
    row = await read.first(_rows(actor).where(StaffAccount.id == account_id))
    if row is None:
        raise NotFound("没有这个账号，或不在您的管理范围内。")
    return row


async def listed(actor: Actor, read: Read, page: Cut) -> tuple[Any, str | None]:
    """The accounts of the acting union and below, newest first."""
    by = (StaffAccount.created_at.expression, StaffAccount.id.expression)
    return await cut(read, _rows(actor), by, page, order="desc")


async def found(actor: Actor, reader: Reader, text: str, limit: int) -> Any:
    """Accounts whose name or account name holds ``text``."""
    like = or_(
        StaffAccount.account.contains(text.lower(), autoescape=True),
        StaffAccount.name.contains(text, autoescape=True),
    )
    query = _rows(actor).where(like).order_by(StaffAccount.account).limit(limit)
    return await reader.rows(query)


async def locked_until(read: Reader, name_keys: Sequence[bytes]) -> Any | None:
    """Until when log-ins under this name are refused, if they are."""
    query = select(Attempt.locked_until).where(
        Attempt.name_key.in_(name_keys), Attempt.locked_until > read.now
    )
    row = await read.first(query)
    return row.locked_until if row else None


async def demonstration(read: Read) -> Any:
    """The accounts made for a demonstration machine."""
    query = select(
        StaffAccount.id, StaffAccount.account, StaffAccount.name, StaffAccount.totp_sealed
    ).where(StaffAccount.is_demonstration, StaffAccount.totp_sealed.is_not(None))
    return await read.rows(query.order_by(StaffAccount.account))
