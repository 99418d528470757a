"""What gateways ask about API clients; everybody else is refused."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.chassis.web.depends import CurrentActor, CurrentRead, CurrentTx, TakesNoKey
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.identity.api.typed import ID, NOON, PATH, In, Out, shown
from services.identity.usecases.clients.list_client_directory import list_client_directory
from services.identity.usecases.clients.use_nonce import use_nonce

router = APIRouter(tags=["internal"], route_class=UnitRoute, dependencies=[TakesNoKey])

ENTRY: dict[str, Any] = {
    "id": ID,
    "name": "顺路跑腿",
    "union_id": ID,
    "union_path": PATH,
    "union_name": "江临县总工会",
    "scopes": ["membership:applications.write"],
    "allow_list": ["203.0.113.0/28"],
    "per_minute": 120,
    "concurrent": 4,
    "requires_signature": False,
    "token_family": ID,
    "keys": [{"kid": "k1", "jwk": None, "secret": None, "not_before": NOON, "expires_at": None}],
}


class KeyEntryOut(Out):
    """A public key, or a secret that the gateway needs to check HMACs with."""

    kid: str
    jwk: dict[str, Any] | None
    secret: str | None
    not_before: AwareDatetime
    expires_at: AwareDatetime | None


class EntryOut(Out):
    id: UUID
    name: str
    union_id: UUID
    union_path: str
    union_name: str
    scopes: list[str]
    allow_list: list[str]
    per_minute: int
    concurrent: int
    requires_signature: bool
    token_family: UUID
    keys: list[KeyEntryOut]


class DirectoryOut(Out):
    model_config = ConfigDict(json_schema_extra=shown(version=7, entries=[ENTRY]))

    version: int
    entries: list[EntryOut]


class NonceIn(In):
    model_config = ConfigDict(json_schema_extra=shown(client_id=ID, nonce="kq3Zr1mD8yC2bW7nT4hLs6"))

    client_id: UUID
    nonce: Annotated[str, Field(min_length=1, max_length=300)]


class AcceptedOut(BaseModel):
    model_config = ConfigDict(json_schema_extra=shown(client_id=ID))

    client_id: UUID


@router.get("/client-directory", summary="接入方名录（仅供网关）")
async def directory(actor: CurrentActor, read: CurrentRead) -> DirectoryOut:
    return DirectoryOut.model_validate(await list_client_directory(actor, read))


@router.post(
    "/nonces", status_code=201, summary="登记签名的一次性编号（仅供网关）", responses=problems(409)
)
async def nonce(actor: CurrentActor, tx: CurrentTx, body: NonceIn) -> AcceptedOut:
    await use_nonce(actor, tx, body.client_id, body.nonce)
    return AcceptedOut(client_id=body.client_id)
