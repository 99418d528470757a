"""Staff log in through a government identity provider."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.web.depends import (
    CurrentTx,
    PublicActor,
    TakesNoKey,
)
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentIssuer
from services.identity.api.staff_sessions import StaffOut, StaffSessionOut
from services.identity.api.tokens import handed_out
from services.identity.api.typed import In, OneTimeCode, Secret, shown
from services.identity.domain.provider import Identified
from services.identity.domain.provider_refusals import NoProvider
from services.identity.peers.oidc import OidcProvider
from services.identity.peers.provider_answers import Endpoints
from services.identity.usecases.providers.begin_provider_attempt import (
    Leaving,
    begin_provider_attempt,
)
from services.identity.usecases.providers.finish_provider_answer import finish_provider_answer
from services.identity.usecases.providers.log_in_by_provider import log_in_by_provider
from services.identity.usecases.providers.take_provider_answer import take_provider_answer

router = APIRouter(tags=["providers"], route_class=UnitRoute)

ATTEMPT = "kq3Zr1mD8yC2bW7nT4hLs6uEoQpXaGfIvKcrV5d0mJx"


class ProviderOut(BaseModel):
    """``needs_code``: our own one-time code is asked for after the provider's answer."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            is_configured=True, label="统一身份认证", is_available=True, needs_code=True
        )
    )

    is_configured: bool
    label: str
    is_available: bool
    needs_code: bool


class LeavingOut(BaseModel):
    """Keep ``attempt`` in the browser that goes to ``url``: only that browser may come back."""

    model_config = ConfigDict(
        json_schema_extra=shown(attempt=ATTEMPT, url="https://id.example.gov.cn/authorize?…")
    )

    attempt: str
    url: str


class AnswerIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(attempt=ATTEMPT, state="n0LxVb…", code="SplxlOBeZQQYbYS6WxSbIA")
    )

    attempt: Secret
    state: Annotated[str, Field(min_length=1, max_length=512)]
    code: Annotated[str, Field(min_length=1, max_length=4096)]


class AnsweredOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(is_linked=False, needs_code=True))

    is_linked: bool
    needs_code: bool


class ProviderLogInIn(In):
    model_config = ConfigDict(json_schema_extra=shown(attempt=ATTEMPT, code="135790"))

    attempt: Secret
    code: OneTimeCode | None = None


async def configured(request: Request) -> OidcProvider:
    found: OidcProvider | None = request.app.state.provider
    if found is None:
        raise NoProvider
    return found


CurrentProvider = Annotated[OidcProvider, Depends(configured)]


async def reached(provider: CurrentProvider) -> Endpoints:
    return await provider.reach()


async def answered(
    request: Request, provider: CurrentProvider, body: AnswerIn
) -> tuple[UUID, Identified]:
    """The way back is used up first, then the provider is asked; no transaction waits for it."""
    store = request.app.state.store
    back = await take_provider_answer(store, body.attempt, body.state)
    who = await provider.identify(body.code, back.verifier, back.nonce, store.clock())
    return back.attempt_id, who


Reached = Annotated[Endpoints, Depends(reached)]
Answered = Annotated[tuple[UUID, Identified], Depends(answered)]


def leaving_out(provider: OidcProvider, where: Endpoints, leaving: Leaving) -> LeavingOut:
    url = provider.address(where, leaving.state, leaving.nonce, leaving.verifier)
    return LeavingOut(attempt=leaving.secret, url=url)


@router.get("/identity-provider", summary="是否启用统一身份认证登录")
async def describe(actor: PublicActor, request: Request) -> ProviderOut:
    found: OidcProvider | None = request.app.state.provider
    return ProviderOut(
        is_configured=found is not None,
        label=found.provider.label if found else "",
        is_available=found is not None and found.seems_up,
        needs_code=found is not None and not found.provider.is_second_factor,
    )


@router.post(
    "/provider-log-ins",
    status_code=201,
    summary="开始统一身份认证登录",
    dependencies=[TakesNoKey],
    responses=problems(404),
)
async def leave(
    actor: PublicActor, provider: CurrentProvider, where: Reached, tx: CurrentTx
) -> LeavingOut:
    return leaving_out(provider, where, await begin_provider_attempt(tx))


@router.post(
    "/provider-answers",
    summary="统一身份认证返回",
    dependencies=[TakesNoKey],
    responses=problems(403, 404, 409),
)
async def come_back(
    actor: PublicActor, provider: CurrentProvider, answer: Answered, tx: CurrentTx
) -> AnsweredOut:
    is_linked = await finish_provider_answer(tx, *answer)
    needs_code = not is_linked and not provider.provider.is_second_factor
    return AnsweredOut(is_linked=is_linked, needs_code=needs_code)


@router.post(
    "/staff-sessions/provider",
    status_code=201,
    summary="工作人员登录（统一身份认证）",
    dependencies=[TakesNoKey],
    responses=problems(404),
)
async def log_in(
    actor: PublicActor,
    provider: CurrentProvider,
    issuer: CurrentIssuer,
    tx: CurrentTx,
    body: ProviderLogInIn,
) -> StaffSessionOut:
    counts = provider.provider.is_second_factor
    entered = await log_in_by_provider(tx, issuer, body.attempt, body.code, is_second_factor=counts)
    staff = StaffOut(id=entered.account.id, name=entered.account.name)
    return StaffSessionOut.model_validate(handed_out(entered.opened) | {"staff": staff})
