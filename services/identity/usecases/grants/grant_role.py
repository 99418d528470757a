"""The security officer grants somebody a role at a union, until a day or for good."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import ROLE_LABELS, Actor, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import (
    Conflict,
    Duplicate,
    FieldError,
    Forbidden,
    Unprocessable,
)
from services.identity.domain.account import State
from services.identity.domain.refusals import IncompatibleRoles, refuse_own
from services.identity.domain.roles import Held, excluding
from services.identity.domain.standing import is_valid
from services.identity.store import accounts, grants, sessions, unions
from services.identity.store.tables import Grant


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What is granted, where, and through which day."""

    role: Role
    union_id: UUID
    expires_on: date | None


async def grant_role(actor: Actor, tx: Tx, account_id: UUID, new: NewGrant) -> UUID:
    """The account is held, so that two grants at once cannot slip past each other (AUTHZ-07)."""
    actor.require(Role.SECURITY_OFFICER, Role.SYSTEM)
    refuse_own(actor, account_id)
    account = await accounts.lock(actor, tx, account_id)
    if account.state == State.CLOSED:
        raise Conflict("这个账号已注销，不能再授权。")
    union = await unions.known(tx, new.union_id)
    if not actor.has(Role.SYSTEM) and not actor.reaches(union.path):
        raise Forbidden("只能授予本级及下级工会的角色。")
    _refuse_past(new.expires_on, tx.today)
    await _refuse_incompatible(tx, account_id, Held(new.role, union.path))
    grant_id = await _put(tx, actor, account_id, new)
    await tx.record(
        "grant.made", "account", account_id, union_path=union.path, after=str(new.role),
        grant=grant_id, union=union.id, expires_on=new.expires_on,
    )  # fmt: skip
    await sessions.end_all_of(tx, account_id, "roles changed")
    return grant_id


def _refuse_past(expires_on: date | None, today: date) -> None:
    if not is_valid(expires_on, today):
        fault = FieldError("/expires_on", "in-the-past", "有效期不能早于今天。")
        raise Unprocessable("有效期不正确。", [fault])


async def _refuse_incompatible(tx: Tx, account_id: UUID, wanted: Held) -> None:
    valid = [g for g in await grants.held_by(tx, account_id) if is_valid(g.expires_on, tx.today)]
    rival = excluding(wanted, grants.as_held(valid))
    if rival is not None:
        raise IncompatibleRoles(
            f"“{ROLE_LABELS[wanted.role]}”不能与已有的“{ROLE_LABELS[rival.role]}”由同一人兼任，"
            "请先收回原有授权，或另选人员。",
            role=str(wanted.role),
            held=str(rival.role),
        )


async def _put(tx: Tx, actor: Actor, account_id: UUID, new: NewGrant) -> UUID:
    current = await grants.lock_same(tx, account_id, new.union_id, new.role)
    if current is not None and is_valid(current.expires_on, tx.today):
        raise Duplicate("这个账号在该工会已有相同的角色。", grant=str(current.id))
    if current is not None:
        current.revoked_at, current.revoked_by = tx.now, actor.id
        await tx.session.flush()
    grant = Grant(
        id=new_id(),
        account_id=account_id,
        union_id=new.union_id,
        role=new.role,
        expires_on=new.expires_on,
        granted_at=tx.now,
        granted_by=actor.id,
    )
    tx.session.add(grant)
    await tx.session.flush()
    return grant.id
