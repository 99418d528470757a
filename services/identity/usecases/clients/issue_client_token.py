"""A client proves that it holds its key, and gets a token for ten minutes (RFC 7523, RFC 9068)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.edge.assertions import USER_TOKEN_SECONDS, sign_user
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.ids import new_id
from services.identity.domain.client_assertion import (
    AssertionRefused,
    Unverified,
    check_assertion,
    parse_assertion,
)
from services.identity.domain.token_refusals import TokenRefused, invalid_client
from services.identity.store import client_keys, clients, used_once
from services.identity.usecases.sessions.sign_access import Issuer
from services.identity.usecases.signing_keys.pick_signing_key import pick_signing_key

AUTH = "private_key_jwt"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The proof, whom the caller says it is, and what it wants; None wants everything."""

    assertion: str
    client_id: str | None
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class ClientToken:
    """A token, for how many seconds, and for what."""

    token: str
    expires_in: int
    scopes: tuple[str, ...]


async def issue_client_token(
    tx: Tx, issuer: Issuer, audiences: frozenset[str], asked: TokenRequest
) -> ClientToken:
    """Raises TokenRefused; an assertion that was shown once is spent, whatever came of it."""
    given = _parsed(asked)
    client = await clients.hold_active(tx, _id(given.client_id))
    if client is None:
        raise invalid_client("client")
    await _spend(tx, given, client.id, audiences)
    scopes = _scopes(asked.scopes, frozenset(client.scopes))
    actor = Actor(
        Kind.SERVICE,
        client.id,
        name=client.name,
        union_id=client.union_id,
        union_path=client.union_path,
        union_name=client.union_name,
        client=str(client.id),
        auth=AUTH,
        session=client.token_family,
        scopes=frozenset(scopes),
    )
    more = {"client_id": str(client.id), "jti": str(new_id()), "scope": " ".join(scopes)}
    key = await pick_signing_key(tx, issuer.ring)
    token = sign_user(key, actor, tx.now, more=more)
    await tx.record(
        "client.token-issued", "client", client.id, union_path=client.union_path, scopes=scopes
    )
    return ClientToken(token, USER_TOKEN_SECONDS, scopes)


def _parsed(asked: TokenRequest) -> Unverified:
    try:
        given = parse_assertion(asked.assertion)
    except AssertionRefused as refused:
        raise invalid_client(str(refused)) from refused
    if asked.client_id not in (None, given.client_id):
        raise invalid_client("client-id")
    return given


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise invalid_client("client-id") from error


async def _spend(tx: Tx, given: Unverified, client_id: UUID, audiences: frozenset[str]) -> None:
    keys: list[dict[str, Any]] = await client_keys.public_now(tx, client_id)
    try:
        ends = check_assertion(given, keys, audiences, tx.now)
    except AssertionRefused as refused:
        raise invalid_client(str(refused)) from refused
    until = datetime.fromtimestamp(ends, UTC)
    if not await used_once.use(tx, client_id, f"jti {given.claims['jti']}", until):
        raise invalid_client("jti-used")


def _scopes(wanted: frozenset[str] | None, granted: frozenset[str]) -> tuple[str, ...]:
    if not granted:
        raise TokenRefused("unauthorized_client", "no-scope")
    if wanted is not None and wanted - granted:
        raise TokenRefused("invalid_scope", "scope")
    return tuple(sorted(granted if wanted is None else wanted))
