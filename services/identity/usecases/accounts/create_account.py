"""An administrator creates a staff account; its holder gets a one-time activation code."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Duplicate, FieldError, Forbidden, Unprocessable
from services.identity.domain.account import LIFECYCLE, account_name
from services.identity.domain.policy import Policy
from services.identity.domain.secrets import activation_fingerprint, new_activation_code
from services.identity.store import accounts, unions
from services.identity.store.tables import StaffAccount


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who the account is for, and at which union it is kept."""

    account: str
    name: str
    phone: str
    union_id: UUID


@dataclass(frozen=True, slots=True)
class Invited:
    """The account, and the code that is shown this once."""

    account_id: UUID
    activation_code: str


async def create_account(actor: Actor, tx: Tx, policy: Policy, new: NewAccount) -> Invited:
    """The administrator's own union, or one below it, keeps the account."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    name = account_name(new.account)
    if name is None:
        raise _unsuitable()
    union = await unions.known(tx, new.union_id)
    if not actor.has(Role.SYSTEM) and not actor.reaches(union.path):
        raise Forbidden("只能为本级及下级工会创建账号。")
    account_id, code = new_id(), new_activation_code()
    account = StaffAccount(
        id=account_id,
        account=name,
        name=new.name,
        phone_sealed=tx.sealer.seal(new.phone.encode(), accounts.phone_place(account_id)),
        union_id=union.id,
        state=LIFECYCLE.initial,
        created_at=tx.now,
        created_by=actor.id,
        activation_hash=activation_fingerprint(code),
        activation_expires_at=tx.now + policy.activation,
    )
    await _add(tx, account)
    await tx.record(
        "account.created", "account", account_id, union_path=union.path, after=account.state
    )
    return Invited(account_id, code)


async def _add(tx: Tx, account: StaffAccount) -> None:
    try:
        async with tx.session.begin_nested():
            tx.session.add(account)
    except IntegrityError as error:
        raise Duplicate("这个账号名已被使用，请换一个。", field="account") from error


def _unsuitable() -> Unprocessable:
    message = "账号以小写字母开头，由 3 至 32 位小写字母、数字、点、短横线或下划线组成。"
    return Unprocessable("账号名不符合要求。", [FieldError("/account", "account-name", message)])
