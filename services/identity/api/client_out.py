"""How API clients and their keys are shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.chassis.data.sealed import Sealer
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.masking import mask_mobile, mask_name
from services.identity.api.accounts import UnionOut
from services.identity.api.typed import ID, NOON, UNION, shown
from services.identity.domain.client import KIND_LABELS, LIFECYCLE, SCOPES, ClientKind, State
from services.identity.domain.client_keys import is_good
from services.identity.store import clients
from services.identity.usecases.clients.describe_client import Described

SCOPE = {"scope": "membership:applications.write", "label": "批量提交入会申请"}
KEY: dict[str, Any] = {
    "id": ID,
    "kid": "Fu6dYBoXyMJDPXnZcGZ_2nTXeZvVRJ6IEfR5DTDjlVk",
    "algorithm": "Ed25519",
    "not_before": NOON,
    "expires_at": None,
    "revoked_at": None,
    "is_good": True,
    "added_at": NOON,
}
CLIENT: dict[str, Any] = {
    "id": ID,
    "name": "顺路跑腿",
    "kind": {"code": "platform", "label": "平台企业"},
    "union": UNION,
    "scopes": [SCOPE],
    "allow_list": ["203.0.113.0/28"],
    "per_minute": 120,
    "concurrent": 4,
    "requires_signature": False,
    "state": "active",
    "state_label": "正常",
    "actions": ["suspend"],
    "created_at": NOON,
    "version": 3,
}


class CreatedOut(BaseModel):
    """``id`` is the ``client_id`` of OAuth."""

    model_config = ConfigDict(json_schema_extra=shown(id=ID))

    id: UUID


class KindOut(BaseModel):
    code: ClientKind
    label: str


class ScopeOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**SCOPE))

    scope: str
    label: str


class ClientOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(**CLIENT))

    id: UUID
    name: str
    kind: KindOut
    union: UnionOut
    scopes: list[ScopeOut]
    allow_list: list[str]
    per_minute: int
    concurrent: int
    requires_signature: bool
    state: State
    state_label: str
    actions: list[str]
    created_at: datetime
    version: int

    @classmethod
    def of(cls, row: Any, actor: Actor) -> "ClientOut":
        state, kind = State(row.state), ClientKind(row.kind)
        return cls(
            id=row.id,
            name=row.name,
            kind=KindOut(code=kind, label=KIND_LABELS[kind]),
            union=UnionOut(id=row.union_id, name=row.union_name),
            scopes=[ScopeOut(scope=s, label=SCOPES.get(s, s)) for s in row.scopes],
            allow_list=row.allow_list,
            per_minute=row.per_minute,
            concurrent=row.concurrent,
            requires_signature=row.requires_signature,
            state=state,
            state_label=LIFECYCLE.label(state),
            actions=_actions(row, state, actor),
            created_at=row.created_at,
            version=row.version,
        )


class ContactOut(BaseModel):
    masked_name: str
    masked_phone: str


class KeyOut(BaseModel):
    """A public key or a secret; neither is shown itself."""

    model_config = ConfigDict(json_schema_extra=shown(**KEY))

    id: UUID
    kid: str
    algorithm: str
    not_before: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    is_good: bool
    added_at: datetime

    @classmethod
    def of(cls, row: Any, now: datetime) -> "KeyOut":
        good = row.revoked_at is None and is_good(row.not_before, row.expires_at, now)
        return cls(
            id=row.id,
            kid=row.kid,
            algorithm=row.algorithm,
            not_before=row.not_before,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            is_good=good,
            added_at=row.added_at,
        )


class SecretOut(KeyOut):
    """``secret`` is shown this once."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            **KEY | {"algorithm": "HMAC-SHA256", "secret": "whsec_8Jm4mZkq0xS2yq1v3bQ0w5e7r9t1y3u5"}
        )
    )

    secret: str


class ClientDetailOut(ClientOut):
    model_config = ConfigDict(
        json_schema_extra=shown(
            **CLIENT, contact={"masked_name": "王**", "masked_phone": "138****1234"}, keys=[KEY]
        )
    )

    contact: ContactOut
    keys: list[KeyOut]

    @classmethod
    def described(
        cls, described: Described, actor: Actor, sealer: Sealer, now: datetime
    ) -> "ClientDetailOut":
        row = described.row
        place = clients.contact_place(row.id)
        contact: Any = sealer.open_json(row.contact_sealed, place)
        return cls(
            **ClientOut.of(row, actor).model_dump(),
            contact=ContactOut(
                masked_name=mask_name(contact["name"]), masked_phone=mask_mobile(contact["phone"])
            ),
            keys=[KeyOut.of(key, now) for key in described.keys],
        )


def _actions(row: Any, state: State, actor: Actor) -> list[str]:
    """What this reader may do: beside the states, change, register keys and grant scopes."""
    actions = [str(action) for action in LIFECYCLE.actions(state, actor.roles)]
    if actor.has(Role.ADMINISTRATOR):
        actions += ["change", "register-key", "revoke-key"]
    if actor.has(Role.SECURITY_OFFICER):
        actions += ["revoke-key"] if row.created_by == actor.id else ["grant", "revoke-key"]
    return actions
