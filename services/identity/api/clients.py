"""API clients 接入方: registered, changed, given scopes, suspended."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    RequiresKey,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageQuery
from services.chassis.web.route import UnitRoute
from services.chassis.web.text import Line
from services.identity.api.accounts import ReasonIn
from services.identity.api.client_out import ClientDetailOut, ClientOut, CreatedOut, ScopeOut
from services.identity.api.typed import ID, In, Phone, shown
from services.identity.domain.client import (
    MOST_CONCURRENT,
    MOST_NETWORKS,
    MOST_PER_MINUTE,
    SCOPES,
    ClientKind,
    Terms,
    networks,
)
from services.identity.store import accounts, clients
from services.identity.usecases.clients.change_client import ClientChange, change_client
from services.identity.usecases.clients.create_client import Contact, NewClient, create_client
from services.identity.usecases.clients.describe_client import describe_client
from services.identity.usecases.clients.grant_scopes import grant_scopes
from services.identity.usecases.clients.resume_client import resume_client
from services.identity.usecases.clients.suspend_client import suspend_client

VERSIONED = problems(412, 428)
router = APIRouter(
    prefix="/clients", tags=["clients"], route_class=UnitRoute, responses=problems(404, 409)
)

TERMS = {
    "allow_list": ["203.0.113.0/28"],
    "per_minute": 120,
    "concurrent": 4,
    "requires_signature": False,
}
CONTACT = {"name": "王接口", "phone": "13800001234"}
Scope = Annotated[str, Field(max_length=100)]


class ContactIn(In):
    name: Annotated[Line, Field(min_length=1)]
    phone: Phone


class TermsIn(In):
    """``allow_list`` empty lets the client call from anywhere."""

    allow_list: Annotated[
        list[Annotated[str, Field(max_length=64)]], Field(max_length=MOST_NETWORKS)
    ]
    per_minute: Annotated[int, Field(ge=1, le=MOST_PER_MINUTE)]
    concurrent: Annotated[int, Field(ge=1, le=MOST_CONCURRENT)]
    requires_signature: bool

    def terms(self) -> Terms:
        return Terms(
            networks(self.allow_list), self.per_minute, self.concurrent, self.requires_signature
        )


class ClientIn(TermsIn):
    model_config = ConfigDict(
        json_schema_extra=shown(
            name="顺路跑腿", kind="platform", union_id=ID, contact=CONTACT, **TERMS
        )
    )

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    kind: ClientKind
    union_id: UUID
    contact: ContactIn


class ClientChangeIn(In):
    """What is left out stays as it is; the terms are changed together."""

    model_config = ConfigDict(json_schema_extra=shown(terms=TERMS))

    name: Annotated[Line, Field(min_length=1, max_length=100)] | None = None
    contact: ContactIn | None = None
    terms: TermsIn | None = None

    def change(self) -> ClientChange:
        contact = Contact(**self.contact.model_dump()) if self.contact else None
        return ClientChange(self.name, contact, self.terms.terms() if self.terms else None)


class ScopesIn(In):
    model_config = ConfigDict(json_schema_extra=shown(scopes=["membership:applications.write"]))

    scopes: Annotated[list[Scope], Field(max_length=50)]


@router.post("", status_code=201, summary="登记接入方", dependencies=[RequiresKey])
async def create(actor: CurrentActor, tx: CurrentTx, body: ClientIn) -> CreatedOut:
    contact = Contact(**body.contact.model_dump())
    new = NewClient(body.name, body.kind, body.union_id, contact, body.terms())
    return CreatedOut(id=await create_client(actor, tx, new))


@router.get("", summary="本级及下级工会的接入方")
async def listed(actor: CurrentActor, read: CurrentRead, page: PageQuery) -> Page[ClientOut]:
    actor.require(*accounts.OVERSEERS)
    rows, following = await clients.listed(actor, read, page.cut)
    return Page(items=[ClientOut.of(row, actor) for row in rows], next=following)


@router.get("/scopes", summary="可以授予的接口权限")
async def scopes(actor: CurrentActor) -> list[ScopeOut]:
    actor.require(*accounts.OVERSEERS)
    return [ScopeOut(scope=scope, label=label) for scope, label in SCOPES.items()]


@router.get("/{client_id}", summary="一个接入方和它的密钥")
async def one(
    actor: CurrentActor, read: CurrentRead, client_id: UUID, response: Response
) -> ClientDetailOut:
    described = await describe_client(actor, read, client_id)
    tag(response, described.row.version)
    return ClientDetailOut.described(described, actor, read.store.sealer, read.now)


@router.patch("/{client_id}", status_code=204, responses=VERSIONED, summary="修改接入方")
async def change(
    actor: CurrentActor, tx: CurrentTx, client_id: UUID, version: IfMatch, body: ClientChangeIn
) -> None:
    await change_client(actor, tx, client_id, version, body.change())


@router.put(
    "/{client_id}/scopes", status_code=204, responses=VERSIONED, summary="授予接口权限（安全员）"
)
async def grant(
    actor: CurrentActor, tx: CurrentTx, client_id: UUID, version: IfMatch, body: ScopesIn
) -> None:
    await grant_scopes(actor, tx, client_id, version, body.scopes)


@router.put("/{client_id}/suspension", status_code=204, responses=VERSIONED, summary="停用接入方")
async def suspend(
    actor: CurrentActor, tx: CurrentTx, client_id: UUID, version: IfMatch, body: ReasonIn
) -> None:
    await suspend_client(actor, tx, client_id, version, body.reason)


@router.delete(
    "/{client_id}/suspension", status_code=204, responses=VERSIONED, summary="恢复接入方"
)
async def resume(actor: CurrentActor, tx: CurrentTx, client_id: UUID, version: IfMatch) -> None:
    await resume_client(actor, tx, client_id, version)
