"""Staff log in with account, password and one-time code, and change their password."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from services.chassis.web.depends import CurrentRead, CurrentTx, PublicActor, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CommonPasswords, CurrentHashes, CurrentIssuer
from services.identity.api.tokens import SessionOut, handed_out
from services.identity.api.typed import ENTERED, ID, Account, In, OneTimeCode, Password, shown
from services.identity.usecases.accounts.choose_password import choose_password
from services.identity.usecases.sessions.change_password import change_password
from services.identity.usecases.sessions.check_password import Proof, check_password
from services.identity.usecases.sessions.log_in_staff import log_in_staff

router = APIRouter(tags=["staff"], route_class=UnitRoute, dependencies=[TakesNoKey])

TYPED = {"account": "li.jingban", "password": "correct-Horse-7-battery", "code": "135790"}
CHOSEN = {"new_password": "still-Purple-9-otter"}


class StaffLogInIn(In):
    model_config = ConfigDict(json_schema_extra=shown(**TYPED))

    account: Account
    password: Password
    code: OneTimeCode


class StaffOut(BaseModel):
    id: UUID
    name: str


class StaffSessionOut(SessionOut):
    model_config = ConfigDict(
        json_schema_extra=shown(**ENTERED, staff={"id": ID, "name": "李经办"})
    )

    staff: StaffOut


class PasswordIn(StaffLogInIn):
    model_config = ConfigDict(json_schema_extra=shown(**TYPED, **CHOSEN))

    new_password: Password


async def check(read: CurrentRead, hashes: CurrentHashes, body: StaffLogInIn) -> Proof:
    """Done before the transaction, which must not wait for a slow hash."""
    return await check_password(read, hashes, body.account, body.password, body.code)


async def check_and_choose(
    read: CurrentRead, hashes: CurrentHashes, common: CommonPasswords, body: PasswordIn
) -> tuple[Proof, str]:
    """A new password is judged only for somebody who knows the old one."""
    proof = await check_password(read, hashes, body.account, body.password, body.code)
    if not proof.is_right:
        return proof, ""
    words = (proof.account, body.password)
    where = "/new_password"
    return proof, await choose_password(hashes, common, body.new_password, *words, pointer=where)


@router.post("/staff-sessions", status_code=201, summary="工作人员登录（密码和动态码）")
async def log_in(
    actor: PublicActor,
    proof: Annotated[Proof, Depends(check)],
    issuer: CurrentIssuer,
    tx: CurrentTx,
    body: StaffLogInIn,
) -> StaffSessionOut:
    entered = await log_in_staff(tx, issuer, proof)
    staff = StaffOut(id=entered.account.id, name=entered.account.name)
    return StaffSessionOut.model_validate(handed_out(entered.opened) | {"staff": staff})


@router.put("/passwords", status_code=204, summary="更换密码（同时校验旧密码和动态码）")
async def change(
    actor: PublicActor,
    chosen: Annotated[tuple[Proof, str], Depends(check_and_choose)],
    tx: CurrentTx,
    body: PasswordIn,
) -> None:
    await change_password(tx, *chosen)
