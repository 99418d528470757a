"""Keys and secrets with which an API client proves who it is."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, ConfigDict, Field

from services.chassis.web.depends import CurrentActor, CurrentTx, IfMatch, RequiresKey
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.identity.api.client_out import KeyOut, SecretOut
from services.identity.api.typed import In, shown
from services.identity.domain.client_keys import Validity
from services.identity.usecases.clients.make_secret import make_secret
from services.identity.usecases.clients.register_key import register_key
from services.identity.usecases.clients.revoke_key import revoke_key

router = APIRouter(
    prefix="/clients/{client_id}",
    tags=["clients"],
    route_class=UnitRoute,
    responses=problems(404, 409),
)

JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


class ValidityIn(In):
    model_config = ConfigDict(json_schema_extra=shown(expires_at="2027-03-02T12:00:00+08:00"))

    not_before: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None

    def validity(self) -> Validity:
        return Validity(self.not_before, self.expires_at)


class KeyIn(ValidityIn):
    """``jwk`` is the public half; ``kid`` in it is kept, or the thumbprint (RFC 7638) is taken."""

    model_config = ConfigDict(json_schema_extra=shown(jwk=JWK))

    jwk: Annotated[dict[str, Any], Field(max_length=20)]


@router.post("/keys", status_code=201, summary="登记公钥", dependencies=[RequiresKey])
async def register(actor: CurrentActor, tx: CurrentTx, client_id: UUID, body: KeyIn) -> KeyOut:
    return KeyOut.of(await register_key(actor, tx, client_id, body.jwk, body.validity()), tx.now)


@router.post(
    "/secrets",
    status_code=201,
    summary="生成签名密钥（只显示一次）",
    dependencies=[RequiresKey],
)
async def make(actor: CurrentActor, tx: CurrentTx, client_id: UUID, body: ValidityIn) -> SecretOut:
    made = await make_secret(actor, tx, client_id, body.validity())
    return SecretOut(**KeyOut.of(made.key, tx.now).model_dump(), secret=made.secret)


@router.delete(
    "/keys/{key_id}", status_code=204, responses=problems(412, 428), summary="吊销公钥或签名密钥"
)
async def revoke(
    actor: CurrentActor, tx: CurrentTx, client_id: UUID, key_id: UUID, version: IfMatch
) -> None:
    await revoke_key(actor, tx, client_id, key_id, version)
