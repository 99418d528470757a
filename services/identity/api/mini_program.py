"""Workers log in by opening the mini-program."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field

from services.chassis.kernel.masking import mask_mobile
from services.chassis.web.depends import CurrentTx, PublicActor, TakesNoKey
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentIssuer
from services.identity.api.tokens import handed_out
from services.identity.api.typed import In, shown
from services.identity.api.worker_sessions import PersonOut, WorkerSessionOut
from services.identity.domain.mini_program import MiniProgram, NoMiniProgram, Opener
from services.identity.store import workers
from services.identity.usecases.sessions.log_in_by_mini_program import log_in_by_mini_program

router = APIRouter(tags=["workers"], route_class=UnitRoute, dependencies=[TakesNoKey])

Code = Annotated[str, Field(min_length=1, max_length=256)]


class MiniProgramLogInIn(In):
    """``code`` from wx.login; ``phone_code`` from getPhoneNumber, needed the first time only."""

    model_config = ConfigDict(
        json_schema_extra=shown(code="0a3kQ1ml2Xb7", phone_code="e31968a7f94cc5ee25fafc2aef2773f0")
    )

    code: Code
    phone_code: Code | None = None


async def opened(request: Request, body: MiniProgramLogInIn) -> tuple[Opener, str | None]:
    """Asked of the platform before the transaction; a phone only for somebody it knows."""
    platform: MiniProgram | None = request.app.state.mini_program
    if platform is None:
        raise NoMiniProgram
    opener = await platform.identify(body.code)
    return opener, await platform.phone_of(body.phone_code) if body.phone_code else None


@router.post(
    "/worker-sessions/mini-program",
    status_code=201,
    summary="职工登录（小程序）",
    responses=problems(404, 409),
)
async def log_in(
    actor: PublicActor,
    issuer: CurrentIssuer,
    who: Annotated[tuple[Opener, str | None], Depends(opened)],
    tx: CurrentTx,
) -> WorkerSessionOut:
    entered = await log_in_by_mini_program(tx, issuer, *who)
    phone = await workers.phone_of(tx, tx.sealer, entered.worker_id)
    person = PersonOut(masked_phone=mask_mobile(phone))
    return WorkerSessionOut.model_validate(handed_out(entered.opened) | {"person": person})
