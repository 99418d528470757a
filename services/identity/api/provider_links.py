"""Accounts are linked with the identity provider, by their owners and by administrators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    TakesNoKey,
)
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentHashes
from services.identity.api.providers import CurrentProvider, LeavingOut, Reached, leaving_out
from services.identity.api.typed import NOON, In, OneTimeCode, Password, shown
from services.identity.domain.provider import LONGEST_SUBJECT, Identified
from services.identity.store import accounts, provider_links
from services.identity.usecases.providers.begin_provider_link import begin_provider_link
from services.identity.usecases.providers.link_provider_subject import link_provider_subject
from services.identity.usecases.providers.unlink_provider import unlink_provider
from services.identity.usecases.sessions.check_password import Proof, check_password

router = APIRouter(tags=["providers"], route_class=UnitRoute)


class LinkIn(In):
    model_config = ConfigDict(
        json_schema_extra=shown(password="correct-Horse-7-battery", code="135790")  # noqa: S106  # an example
    )

    password: Password
    code: OneTimeCode


class ProviderLinkOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(is_linked=True, linked_at=NOON))

    is_linked: bool
    linked_at: datetime | None


class SubjectIn(In):
    model_config = ConfigDict(json_schema_extra=shown(subject="8f14e45fceea167a5a36dedd4bea2543"))

    subject: Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT)]


async def proved(
    actor: CurrentActor, read: CurrentRead, hashes: CurrentHashes, body: LinkIn
) -> Proof:
    name = await accounts.name_of(read, actor.id)
    return await check_password(read, hashes, name, body.password, body.code)


Proved = Annotated[Proof, Depends(proved)]


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
    return leaving_out(provider, where, await begin_provider_link(actor, tx, proof))


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
