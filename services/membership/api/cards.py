"""Anybody checks a card."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from services.chassis.web.depends import CurrentRead, PublicActor, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.membership.api.depends import VerifyingKeys
from services.membership.api.member_out import VerificationOut
from services.membership.api.typed import Coded, In
from services.membership.usecases.cards.verify_card import verify_card

router = APIRouter(prefix="/card-verifications", tags=["members"], route_class=UnitRoute)


class TokenIn(In):
    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "AQ…"}]})

    token: Annotated[str, Field(max_length=400)]


@router.post("", summary="验证会员证二维码", dependencies=[TakesNoKey])
async def verify(
    actor: PublicActor, read: CurrentRead, keys: VerifyingKeys, body: TokenIn
) -> VerificationOut:
    result = await verify_card(read, body.token, keys)
    return VerificationOut(
        valid=result.valid,
        reason=result.reason,
        name=result.name,
        union=result.union_name,
        state=Coded.of("membership_states", result.state),
        checked_at=result.checked_at,
    )
