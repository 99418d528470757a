"""What the gateway and the services ask; everybody else is refused."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.chassis.kernel.actors import Role
from services.chassis.web.depends import CurrentActor, CurrentRead, CurrentTx, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentIssuer, CurrentNotary
from services.identity.api.tokens import AccessOut
from services.identity.api.typed import ACCESS, ID, NOON, In, Out, Secret, shown
from services.identity.store import clients
from services.identity.usecases.services.check_standing import check_standing
from services.identity.usecases.services.exchange_assertion import (
    NO_AUDIENCE,
    exchange_assertion,
)
from services.identity.usecases.services.list_revocations import list_revocations
from services.identity.usecases.services.record_gateway_refusals import (
    GatewayRefusal,
    record_gateway_refusals,
)
from services.identity.usecases.services.require_part import require_part
from services.identity.usecases.sessions.exchange_session import exchange_session

router = APIRouter(tags=["internal"], route_class=UnitRoute, dependencies=[TakesNoKey])


class SessionIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(session="kq3Zr1mD8yC2bW7nT4hLs6uEoQpXaGfIvKcrV5d0mJx")
    )

    session: Secret


class ExchangedOut(AccessOut):
    model_config = ConfigDict(json_schema_extra=shown(**ACCESS, sid=ID))

    sid: UUID


class RevokedOut(Out):
    sid: UUID
    at: datetime


class RevocationsOut(BaseModel):
    """``next`` is always given: ask with it again. ``directory`` is the version of the clients'."""

    model_config = ConfigDict(
        json_schema_extra=shown(items=[{"sid": ID, "at": NOON}], next="1042", directory=7)
    )

    items: list[RevokedOut]
    next: str
    directory: int


class AssertionIn(In):
    model_config = ConfigDict(json_schema_extra=shown(assertion="eyJ…", audience="membership"))

    assertion: Annotated[str, Field(min_length=1, max_length=8192)]
    audience: Annotated[str, Field(pattern=r"^[a-z][a-z-]{1,40}$")]


class AssertionOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(assertion="eyJhbGciOiJFZDI1NTE5Ii…"))

    assertion: str


REFUSED: dict[str, Any] = {
    "code": "too-many-requests",
    "reason": "search",
    "service": "membership",
    "status": 429,
    "count": 12,
    "since": NOON,
    "until": NOON,
}


class GatewayRefusalIn(In):
    """Refusals of one kind, counted together; neither an address nor a person is named."""

    model_config = ConfigDict(json_schema_extra=shown(**REFUSED))

    code: Annotated[str, Field(pattern=r"^[a-z][a-z-]{1,60}$")]
    reason: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ._:/-]{0,100}$")] = ""
    service: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = ""
    status: Annotated[int, Field(ge=400, le=599)]
    count: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    since: AwareDatetime
    until: AwareDatetime


class GatewayRefusalsIn(In):
    model_config = ConfigDict(json_schema_extra=shown(items=[REFUSED]))

    items: Annotated[list[GatewayRefusalIn], Field(min_length=1, max_length=500)]


class StandingIn(In):
    model_config = ConfigDict(json_schema_extra=shown(account_id=ID, union_path=f"{'0' * 32}/"))

    account_id: UUID
    union_path: Annotated[str, Field(pattern=r"^([0-9a-f]{32}/)*$", max_length=1000)]


class StandingOut(BaseModel):
    """The roles that reach the union today."""

    model_config = ConfigDict(json_schema_extra=shown(roles=["clerk"]))

    roles: list[Role]


@router.post("/session-exchanges", summary="会话换取令牌（仅供网关）")
async def exchange(
    actor: CurrentActor, issuer: CurrentIssuer, tx: CurrentTx, body: SessionIn
) -> ExchangedOut:
    require_part(actor, "gateway")
    access = await exchange_session(tx, issuer, body.session)
    fields = AccessOut.of(access).model_dump()
    return ExchangedOut(**fields, sid=access.actor.session or UUID(int=0))


@router.get("/revocations", summary="已结束的会话（仅供网关）")
async def revocations(
    actor: CurrentActor,
    read: CurrentRead,
    after: Annotated[str | None, Query(max_length=20)] = None,
) -> RevocationsOut:
    revoked, following = await list_revocations(actor, read, after)
    items = [RevokedOut.model_validate(ended) for ended in revoked]
    version = await clients.directory_version(read)
    return RevocationsOut(items=items, next=following, directory=version)


@router.post("/assertion-exchanges", summary="凭证转交（仅供服务之间）")
async def hand_on(
    actor: CurrentActor, notary: CurrentNotary, read: CurrentRead, body: AssertionIn
) -> AssertionOut:
    made = await exchange_assertion(actor, read, notary, body.assertion, body.audience)
    return AssertionOut(assertion=made)


@router.post("/gateway-refusals", status_code=204, summary="网关拒绝的请求（仅供网关）")
async def report(actor: CurrentActor, tx: CurrentTx, body: GatewayRefusalsIn) -> None:
    await record_gateway_refusals(
        actor, tx, [GatewayRefusal(**refused.model_dump()) for refused in body.items]
    )


@router.post("/standing-checks", summary="核对办理人是否仍有权限（仅供服务）")
async def standing(
    actor: CurrentActor, notary: CurrentNotary, read: CurrentRead, body: StandingIn
) -> StandingOut:
    require_part(actor, *(notary.trust.keys.keys() - NO_AUDIENCE))
    roles = await check_standing(read, body.account_id, body.union_path)
    return StandingOut(roles=sorted(roles))
