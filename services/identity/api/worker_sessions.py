"""Workers log in with a code on their phone."""

from fastapi import APIRouter, BackgroundTasks, Request
from pydantic import BaseModel, ConfigDict

from services.chassis.kernel.masking import mask_mobile
from services.chassis.web.depends import CurrentTx, PublicActor, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentIssuer, CurrentPolicy, CurrentSender
from services.identity.api.tokens import SessionOut, handed_out
from services.identity.api.typed import ENTERED, In, OneTimeCode, Phone, shown
from services.identity.usecases.sessions.log_in_worker import log_in_worker
from services.identity.usecases.workers.deliver_phone_code import deliver_phone_code
from services.identity.usecases.workers.send_phone_code import send_phone_code

router = APIRouter(tags=["workers"], route_class=UnitRoute, dependencies=[TakesNoKey])


class PhoneCodeIn(In):
    model_config = ConfigDict(json_schema_extra=shown(phone="13800001234"))

    phone: Phone


class PhoneCodeOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(resend_after=60, expires_in=300))

    resend_after: int
    expires_in: int


class WorkerLogInIn(In):
    model_config = ConfigDict(json_schema_extra=shown(phone="13800001234", code="135790"))

    phone: Phone
    code: OneTimeCode


class PersonOut(BaseModel):
    masked_phone: str


class WorkerSessionOut(SessionOut):
    model_config = ConfigDict(
        json_schema_extra=shown(**ENTERED, person={"masked_phone": "138****1234"})
    )

    person: PersonOut


@router.post("/phone-codes", status_code=202, summary="获取手机验证码")
async def ask(
    actor: PublicActor,
    policy: CurrentPolicy,
    sender: CurrentSender,
    tx: CurrentTx,
    body: PhoneCodeIn,
    request: Request,
    later: BackgroundTasks,
) -> PhoneCodeOut:
    made = await send_phone_code(tx, policy, body.phone)
    later.add_task(deliver_phone_code, request.app.state.store, sender, made)
    return PhoneCodeOut(
        resend_after=int(policy.code_pause.total_seconds()),
        expires_in=int(policy.code_life.total_seconds()),
    )


@router.post("/worker-sessions", status_code=201, summary="职工登录（手机验证码）")
async def log_in(
    actor: PublicActor, issuer: CurrentIssuer, tx: CurrentTx, body: WorkerLogInIn
) -> WorkerSessionOut:
    entered = await log_in_worker(tx, issuer, body.phone, body.code)
    person = PersonOut(masked_phone=mask_mobile(body.phone))
    return WorkerSessionOut.model_validate(handed_out(entered.opened) | {"person": person})
