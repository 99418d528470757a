"""The one exception to scope: is this exact document a member anywhere (M-21)."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.chassis.web.depends import CurrentActor, CurrentTx, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.membership.api.application_in import DocumentIn
from services.membership.api.typed import In, shown
from services.membership.usecases.members.check_register import check_register

router = APIRouter(prefix="/register-checks", tags=["members"], route_class=UnitRoute)


class RegisterCheckIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(document={"kind": "111", "number": "（18 位身份证号）"})
    )

    document: DocumentIn


class ContactOut(BaseModel):
    name: str
    phone: str


class RegisterCheckOut(BaseModel):
    """``membership_id`` only where the member is in the caller's own scope."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            registered=True, union={"name": "金港镇总工会", "phone": "0512-00000000"}
        )
    )

    registered: bool
    union: ContactOut | None = None
    membership_id: UUID | None = None


@router.post("", summary="查重：这份证件是否已是会员", dependencies=[TakesNoKey])
async def check(actor: CurrentActor, tx: CurrentTx, body: RegisterCheckIn) -> RegisterCheckOut:
    document = body.document
    answer = await check_register(actor, tx, document.kind, document.number)
    if not answer.registered:
        return RegisterCheckOut(registered=False)
    contact = ContactOut(name=answer.union_name, phone=answer.union_phone)
    return RegisterCheckOut(registered=True, union=contact, membership_id=answer.membership_id)
