"""Tokens are renewed, and a session is ended."""

from fastapi import APIRouter
from pydantic import ConfigDict

from services.chassis.web.depends import CurrentActor, CurrentTx, PublicActor, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentIssuer
from services.identity.api.tokens import TokensOut
from services.identity.api.typed import In, Secret, shown
from services.identity.usecases.sessions.log_out import log_out
from services.identity.usecases.sessions.log_out_everywhere import log_out_everywhere
from services.identity.usecases.sessions.renew_tokens import renew_tokens

router = APIRouter(tags=["sessions"], route_class=UnitRoute, dependencies=[TakesNoKey])


TYPED = {"refresh_token": "rV5d0mJxkq3Zr1mD8yC2bW7nT4hLs6uEoQpXaGfIvKc"}


class RefreshIn(In):
    model_config = ConfigDict(json_schema_extra=shown(**TYPED))

    refresh_token: Secret


@router.post("/tokens", summary="用刷新令牌换取新的令牌（一次有效）")
async def renew(
    actor: PublicActor, issuer: CurrentIssuer, tx: CurrentTx, body: RefreshIn
) -> TokensOut:
    return TokensOut.renewed(await renew_tokens(tx, issuer, body.refresh_token))


@router.delete("/sessions", status_code=204, summary="退出所有设备")
async def leave_everywhere(actor: CurrentActor, tx: CurrentTx) -> None:
    await log_out_everywhere(actor, tx)


@router.delete("/sessions/current", status_code=204, summary="退出登录")
async def leave(actor: CurrentActor, tx: CurrentTx) -> None:
    await log_out(actor, tx)
