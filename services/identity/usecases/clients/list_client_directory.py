"""A gateway reads who may call, with which keys, from where and how often."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.identity.store import client_keys, clients
from services.identity.usecases.services.require_part import require_part


@dataclass(frozen=True, slots=True)
class Directory:
    """Every active client, at a version that grows with each change."""

    version: int
    entries: list[dict[str, Any]]


async def list_client_directory(actor: Actor, read: Read) -> Directory:
    """The version is read first: what changes meanwhile is then read once more, never missed."""
    require_part(actor, "gateway")
    version = await clients.directory_version(read)
    keys: dict[UUID, list[dict[str, Any]]] = {}
    for row in await clients.directory_keys(read):
        keys.setdefault(row.client_id, []).append(_key(read, row))
    rows = await clients.directory(read)
    return Directory(version, [_entry(row, keys.get(row.id, [])) for row in rows])


def _entry(row: Any, keys: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "union_id": row.union_id,
        "union_path": row.union_path,
        "union_name": row.union_name,
        "scopes": row.scopes,
        "allow_list": row.allow_list,
        "per_minute": row.per_minute,
        "concurrent": row.concurrent,
        "requires_signature": row.requires_signature,
        "token_family": row.token_family,
        "keys": keys,
    }


def _key(read: Read, row: Any) -> dict[str, Any]:
    secret = row.secret_sealed
    if secret is not None:
        secret = read.store.sealer.open(secret, client_keys.secret_place(row.id)).decode()
    return {
        "kid": row.kid,
        "jwk": row.jwk,
        "secret": secret,
        "not_before": row.not_before,
        "expires_at": row.expires_at,
    }
