"""Whoever was given an activation code sets a password and a second factor."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from services.chassis.web.depends import CurrentRead, CurrentTx, PublicActor, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CommonPasswords, CurrentHashes
from services.identity.api.typed import Account, In, OneTimeCode, Out, Password, shown
from services.identity.usecases.accounts.activate_account import activate_account
from services.identity.usecases.accounts.begin_activation import begin_activation
from services.identity.usecases.accounts.check_activation import check_activation
from services.identity.usecases.accounts.choose_password import choose_password

router = APIRouter(
    prefix="/activations", tags=["staff"], route_class=UnitRoute, dependencies=[TakesNoKey]
)

TYPED = {"account": "li.jingban", "activation_code": "K7QWM-3XPRT-9HVNB-C4JDZ"}
SECOND_FACTOR = {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_uri": "otpauth://totp/li.jingban?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
}
CHOSEN = {"password": "correct-Horse-7-battery", "totp_code": "135790"}


class ActivationIn(In):
    model_config = ConfigDict(json_schema_extra=shown(**TYPED))

    account: Account
    activation_code: Annotated[str, Field(min_length=1, max_length=64)]


class SecondFactorOut(Out):
    """Shown once; ``otpauth_uri`` is what the QR code of an authenticator app holds."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra=shown(**SECOND_FACTOR))

    secret: str
    otpauth_uri: str


class ConfirmationIn(ActivationIn):
    model_config = ConfigDict(json_schema_extra=shown(**TYPED, **CHOSEN))

    password: Password
    totp_code: OneTimeCode


async def choose(
    read: CurrentRead, hashes: CurrentHashes, common: CommonPasswords, body: ConfirmationIn
) -> str:
    """The code is checked first, so that strangers cannot have passwords hashed."""
    found = await check_activation(read, body.account, body.activation_code)
    return await choose_password(hashes, common, body.password, body.account, found.name)


@router.post("/secrets", summary="激活第一步：获取动态口令密钥")
async def begin(actor: PublicActor, tx: CurrentTx, body: ActivationIn) -> SecondFactorOut:
    made = await begin_activation(tx, body.account, body.activation_code)
    return SecondFactorOut.model_validate(made)


@router.put("", status_code=204, summary="激活第二步：设置密码并确认动态口令")
async def confirm(
    actor: PublicActor,
    password_hash: Annotated[str, Depends(choose)],
    tx: CurrentTx,
    body: ConfirmationIn,
) -> None:
    code, second = body.activation_code, body.totp_code
    await activate_account(tx, body.account, code, password_hash, second)
