"""Staff accounts: created, listed, suspended, closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.chassis.data.sealed import Sealer
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.masking import mask_mobile
from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    RequiresKey,
    TakesNoKey,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageQuery
from services.chassis.web.route import UnitRoute
from services.chassis.web.text import Line
from services.identity.api.depends import CurrentPolicy
from services.identity.api.typed import ID, NOON, UNION, Account, In, Phone, Reason, shown
from services.identity.domain.account import LIFECYCLE, Action, State
from services.identity.store import accounts
from services.identity.usecases.accounts.close_account import close_account
from services.identity.usecases.accounts.create_account import NewAccount, create_account
from services.identity.usecases.accounts.describe_account import describe_account
from services.identity.usecases.accounts.reinvite_account import reinvite_account
from services.identity.usecases.accounts.resume_account import resume_account
from services.identity.usecases.accounts.search_accounts import search_accounts
from services.identity.usecases.accounts.suspend_account import suspend_account
from services.identity.usecases.accounts.unlock_account import unlock_account

VERSIONED = problems(412, 428)
router = APIRouter(
    prefix="/accounts", tags=["accounts"], route_class=UnitRoute, responses=problems(404, 409)
)


ACCOUNT: dict[str, Any] = {
    "id": ID,
    "account": "li.jingban",
    "name": "李经办",
    "masked_phone": "138****1234",
    "union": UNION,
    "state": "active",
    "state_label": "正常",
    "actions": ["suspend", "close"],
    "created_at": NOON,
    "password_set_at": NOON,
    "activation_expires_at": None,
    "version": 2,
}


class AccountIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(
            account="li.jingban", name="李经办", phone="13800001234", union_id=ID
        )
    )

    account: Account
    name: Line
    phone: Phone
    union_id: UUID


class InvitedOut(BaseModel):
    """``activation_code`` is shown this once; hand it to the person yourself."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            id=ID, activation_code="K7QWM-3XPRT-9HVNB-C4JDZ", activation_expires_at=NOON
        )
    )

    id: UUID
    activation_code: str
    activation_expires_at: datetime


class UnionOut(BaseModel):
    id: UUID
    name: str


class AccountOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**ACCOUNT))

    id: UUID
    account: str
    name: str
    masked_phone: str
    union: UnionOut
    state: State
    state_label: str
    actions: list[Action]
    created_at: datetime
    password_set_at: datetime | None
    activation_expires_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: Any, actor: Actor, sealer: Sealer) -> "AccountOut":
        phone = sealer.open(row.phone_sealed, accounts.phone_place(row.id)).decode()
        state = State(row.state)
        own = row.id == actor.id
        return cls(
            id=row.id,
            account=row.account,
            name=row.name,
            masked_phone=mask_mobile(phone),
            union=UnionOut(id=row.union_id, name=row.union_name),
            state=state,
            state_label=LIFECYCLE.label(state),
            actions=[] if own else LIFECYCLE.actions(state, actor.roles),
            created_at=row.created_at,
            password_set_at=row.password_set_at,
            activation_expires_at=row.activation_expires_at,
            version=row.version,
        )


class AccountDetailOut(AccountOut):
    """With the lock that failed log-ins may have set."""

    model_config = ConfigDict(json_schema_extra=shown(**ACCOUNT, locked_until=None))

    locked_until: datetime | None = None


class SearchIn(In):
    model_config = ConfigDict(json_schema_extra=shown(text="李"))

    text: Line


class ReasonIn(In):
    model_config = ConfigDict(json_schema_extra=shown(reason="离岗培训"))

    reason: Reason


@router.post("", status_code=201, summary="创建工作人员账号", dependencies=[RequiresKey])
async def create(
    actor: CurrentActor, policy: CurrentPolicy, tx: CurrentTx, body: AccountIn
) -> InvitedOut:
    new = NewAccount(body.account, body.name, body.phone, body.union_id)
    made = await create_account(actor, tx, policy, new)
    return InvitedOut(
        id=made.account_id,
        activation_code=made.activation_code,
        activation_expires_at=tx.now + policy.activation,
    )


@router.get("", summary="本级及下级工会的账号")
async def listed(actor: CurrentActor, read: CurrentRead, page: PageQuery) -> Page[AccountOut]:
    actor.require(*accounts.OVERSEERS)
    rows, following = await accounts.listed(actor, read, page.cut)
    items = [AccountOut.of(row, actor, read.store.sealer) for row in rows]
    return Page(items=items, next=following)


@router.post("/searches", summary="查找账号", dependencies=[TakesNoKey])
async def search(actor: CurrentActor, tx: CurrentTx, body: SearchIn) -> Page[AccountOut]:
    rows = await search_accounts(actor, tx, body.text)
    return Page(items=[AccountOut.of(row, actor, tx.sealer) for row in rows])


@router.get("/{account_id}", summary="一个账号")
async def one(
    actor: CurrentActor, read: CurrentRead, account_id: UUID, response: Response
) -> AccountDetailOut:
    row, locked_until = await describe_account(actor, read, account_id)
    tag(response, row.version)
    shown_now = AccountOut.of(row, actor, read.store.sealer).model_dump()
    return AccountDetailOut(**shown_now, locked_until=locked_until)


@router.post(
    "/{account_id}/activation-codes",
    status_code=201,
    summary="重新发放激活码（原密码和动态口令随即作废）",
    dependencies=[RequiresKey],
)
async def reinvite(
    actor: CurrentActor, policy: CurrentPolicy, tx: CurrentTx, account_id: UUID
) -> InvitedOut:
    made = await reinvite_account(actor, tx, policy, account_id)
    return InvitedOut(
        id=made.account_id,
        activation_code=made.activation_code,
        activation_expires_at=tx.now + policy.activation,
    )


@router.put("/{account_id}/suspension", status_code=204, responses=VERSIONED, summary="停用账号")
async def suspend(
    actor: CurrentActor, tx: CurrentTx, account_id: UUID, version: IfMatch, body: ReasonIn
) -> None:
    await suspend_account(actor, tx, account_id, version, body.reason)


@router.delete("/{account_id}/suspension", status_code=204, responses=VERSIONED, summary="恢复账号")
async def resume(actor: CurrentActor, tx: CurrentTx, account_id: UUID, version: IfMatch) -> None:
    await resume_account(actor, tx, account_id, version)


@router.put("/{account_id}/closure", status_code=204, responses=VERSIONED, summary="注销账号")
async def close(
    actor: CurrentActor, tx: CurrentTx, account_id: UUID, version: IfMatch, body: ReasonIn
) -> None:
    await close_account(actor, tx, account_id, version, body.reason)


@router.delete("/{account_id}/lock", status_code=204, responses=VERSIONED, summary="解除登录锁定")
async def unlock(actor: CurrentActor, tx: CurrentTx, account_id: UUID, version: IfMatch) -> None:
    await unlock_account(actor, tx, account_id, version)
