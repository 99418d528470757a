"""Staff log in through a government identity provider, and link their account with it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    PublicActor,
    TakesNoKey,
)
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentHashes, CurrentIssuer
from services.identity.api.staff_sessions import StaffOut, StaffSessionOut
from services.identity.api.tokens import handed_out
from services.identity.api.typed import NOON, In, OneTimeCode, Password, Secret, shown
from services.identity.domain.provider import LONGEST_SUBJECT, Identified
from services.identity.domain.provider_refusals import NoProvider
from services.identity.peers.oidc import OidcProvider
from services.identity.peers.provider_answers import Endpoints
from services.identity.store import accounts, provider_links
from services.identity.usecases.providers.begin_provider_attempt import (
    Leaving,
    begin_provider_attempt,
)
from services.identity.usecases.providers.begin_provider_link import begin_provider_link
from services.identity.usecases.providers.finish_provider_answer import finish_provider_answer
from services.identity.usecases.providers.link_provider_subject import link_provider_subject
from services.identity.usecases.providers.log_in_by_provider import log_in_by_provider
from services.identity.usecases.providers.take_provider_answer import take_provider_answer
from services.identity.usecases.providers.unlink_provider import unlink_provider
from services.identity.usecases.sessions.check_password import Proof, check_password

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


class LinkIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(password="correct-Horse-7-battery", code="135790")  # noqa: S106  # an example
    )

    password: Password
    code: OneTimeCode


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


class ProviderLinkOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(is_linked=True, linked_at=NOON))

    is_linked: bool
    linked_at: datetime | None


class SubjectIn(In):
    model_config = ConfigDict(json_schema_extra=shown(subject="8f14e45fceea167a5a36dedd4bea2543"))

    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT)]


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


async def proved(
    actor: CurrentActor, read: CurrentRead, hashes: CurrentHashes, body: LinkIn
) -> Proof:
    name = await accounts.name_of(read, actor.id)
    return await check_password(read, hashes, name, body.password, body.code)


Reached = Annotated[Endpoints, Depends(reached)]
Answered = Annotated[tuple[UUID, Identified], Depends(answered)]
Proved = Annotated[Proof, Depends(proved)]


def _leaving(provider: OidcProvider, where: Endpoints, leaving: Leaving) -> LeavingOut:
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
    return _leaving(provider, where, await begin_provider_attempt(tx))


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


@router.get("/me/provider-link", summary="我的账号是否关联了统一身份认证")
async def my_link(actor: CurrentActor, read: CurrentRead) -> ProviderLinkOut:
    found = await provider_links.of_account(read, actor.id)
    return ProviderLinkOut(
        is_linked=found is not None, linked_at=found.linked_at if found else None
    )


@router.post(
    "/me/provider-link",
    status_code=201,
    summary="开始关联统一身份认证（再次校验密码和动态码）",
    dependencies=[TakesNoKey],
    responses=problems(404),
)
async def link(
    actor: CurrentActor, provider: CurrentProvider, where: Reached, proof: Proved, tx: CurrentTx
) -> LeavingOut:
    return _leaving(provider, where, await begin_provider_link(actor, tx, proof))


@router.delete("/me/provider-link", status_code=204, summary="解除本人账号的关联")
async def unlink(actor: CurrentActor, tx: CurrentTx) -> None:
    await unlink_provider(actor, tx, actor.id)


@router.put(
    "/accounts/{account_id}/provider-link",
    status_code=204,
    summary="登记账号在统一身份认证的身份标识",
    responses=problems(404, 409, 412, 428),
)
async def enter(
    actor: CurrentActor,
    provider: CurrentProvider,
    tx: CurrentTx,
    account_id: UUID,
    version: IfMatch,
    body: SubjectIn,
) -> None:
    who = Identified(provider.provider.issuer, body.subject)
    await link_provider_subject(actor, tx, account_id, version, who)


@router.delete(
    "/accounts/{account_id}/provider-link",
    status_code=204,
    summary="解除账号的关联",
    responses=problems(404, 412, 428),
)
async def take_away(actor: CurrentActor, tx: CurrentTx, account_id: UUID, version: IfMatch) -> None:
    await unlink_provider(actor, tx, account_id, version)
