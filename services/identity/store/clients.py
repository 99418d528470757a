"""API clients; every query begins with which of them the actor may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, literal, or_, select, update

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read, Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import NotFound, Stale
from services.identity.domain.client import State
from services.identity.store.accounts import OVERSEERS
from services.identity.store.tables import (
    SCHEMA,
    ApiClient,
    ClientDirectory,
    ClientKey,
    Revocation,
    Union,
)

COLUMNS: list[Any] = [
    ApiClient.id,
    ApiClient.name,
    ApiClient.kind,
    ApiClient.contact_sealed,
    ApiClient.scopes,
    ApiClient.allow_list,
    ApiClient.per_minute,
    ApiClient.concurrent,
    ApiClient.requires_signature,
    ApiClient.token_family,
    ApiClient.state,
    ApiClient.version,
    ApiClient.created_at,
    ApiClient.created_by,
    ApiClient.union_id,
    Union.name.label("union_name"),
    Union.path.label("union_path"),
]


def visible_to(actor: Actor) -> Select[Any]:
    """Whoever looks after accounts sees the clients of the acting union and below (J-2)."""
    query = select(ApiClient).join(Union, Union.id == ApiClient.union_id)
    if actor.has(Role.SYSTEM):
        return query
    if not actor.has(*OVERSEERS) or not actor.union_path:
        return query.where(literal(False))
    return query.where(Union.path.startswith(actor.union_path, autoescape=True))


async def lock(actor: Actor, tx: Tx, client_id: UUID, version: int | None = None) -> ApiClient:
    """The client, held until the transaction ends; refused when it changed since it was read."""
    query = visible_to(actor).where(ApiClient.id == client_id)
    client: ApiClient | None = await tx.session.scalar(query.with_for_update(of=ApiClient))
    if client is None:
        raise NotFound("没有这个接入方，或不在您的管理范围内。")
    if version is not None and version != client.version:
        raise Stale("这个接入方刚被别人修改过，请刷新后核对再办理。")
    return client


async def hold_active(tx: Tx, client_id: UUID) -> Any | None:
    """An active client as it stands; nobody changes it while a token is being made."""
    query = select(*COLUMNS).join(Union, Union.id == ApiClient.union_id)
    query = query.where(ApiClient.id == client_id, ApiClient.state == State.ACTIVE)
    return await tx.first(query.with_for_update(read=True, of=ApiClient))


async def is_current(reader: Reader, client_id: UUID, family: UUID) -> bool:
    """Whether tokens of this family are still the client's."""
    query = select(ApiClient.id).where(
        ApiClient.id == client_id,
        ApiClient.token_family == family,
        ApiClient.state == State.ACTIVE,
    )
    return await reader.first(query) is not None


async def one(actor: Actor, reader: Reader, client_id: UUID) -> Any:
    """One client as a page shows it."""
    query = visible_to(actor).with_only_columns(*COLUMNS)
    row = await reader.first(query.where(ApiClient.id == client_id))
    if row is None:
        raise NotFound("没有这个接入方，或不在您的管理范围内。")
    return row


async def listed(actor: Actor, read: Read, page: Cut) -> tuple[Any, str | None]:
    """The clients of the acting union and below, newest first."""
    by = (ApiClient.created_at.expression, ApiClient.id.expression)
    return await cut(read, visible_to(actor).with_only_columns(*COLUMNS), by, page, order="desc")


async def end_tokens(tx: Tx, client: ApiClient) -> None:
    """No token made so far counts any longer; a gateway hears of it within a second.

    The turn is the one that the ends of sessions take, so that the feed has no gaps.
    """
    ended, client.token_family = client.token_family, new_id()
    await tx.session.flush()
    turn = func.pg_advisory_xact_lock(func.hashtext(f"{SCHEMA}:revocations"))
    await tx.session.execute(select(turn))
    await tx.session.execute(insert(Revocation).values(session_id=ended, at=tx.now))


async def tell_gateways(tx: Tx) -> None:
    """Have every gateway read the directory again; changes of clients follow one another."""
    await tx.session.flush()
    await tx.session.execute(update(ClientDirectory).values(version=ClientDirectory.version + 1))


async def directory_version(reader: Reader) -> int:
    row = await reader.first(select(ClientDirectory.version))
    return int(row.version) if row else 0


async def directory(reader: Reader) -> Sequence[Any]:
    """Every client that may call."""
    query = select(*COLUMNS).join(Union, Union.id == ApiClient.union_id)
    return await reader.rows(query.where(ApiClient.state == State.ACTIVE).order_by(ApiClient.id))


async def directory_keys(reader: Reader) -> Sequence[Any]:
    """The keys of those clients that count now, or will."""
    query = select(
        ClientKey.id,
        ClientKey.client_id,
        ClientKey.kid,
        ClientKey.jwk,
        ClientKey.secret_sealed,
        ClientKey.not_before,
        ClientKey.expires_at,
    )
    query = query.join(ApiClient, ApiClient.id == ClientKey.client_id).where(
        ApiClient.state == State.ACTIVE,
        ClientKey.revoked_at.is_(None),
        or_(ClientKey.expires_at.is_(None), ClientKey.expires_at > reader.now),
    )
    return await reader.rows(query.order_by(ClientKey.id))


def contact_place(client_id: UUID) -> str:
    return f"api_clients:{client_id}:contact"
