"""Identity's public keys, for whoever checks a user token."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.chassis.web.depends import CurrentRead, PublicActor
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentPolicy
from services.identity.api.typed import Out, shown
from services.identity.domain.signing_keys import is_published
from services.identity.usecases.signing_keys.list_signing_keys import list_signing_keys

router = APIRouter(tags=["keys"], route_class=UnitRoute)

KEY: dict[str, Any] = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "identity#0193a5c2b7e07c3e8f105a2b9c4d6e7f",
    "use": "sig",
    "alg": "Ed25519",
}
# Caches of others may keep the keys so long; the platform's own parts ask identity itself.
FRESH = "public, max-age=60"


class KeyOut(Out):
    model_config = ConfigDict(json_schema_extra=shown(**KEY))

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class KeysOut(BaseModel):
    """A JWK Set (RFC 7517); keys that will sign soon are in it, revoked ones are not."""

    model_config = ConfigDict(json_schema_extra=shown(keys=[KEY]))

    keys: list[KeyOut]


@router.get("/jwks", summary="验证令牌用的公钥（JWK Set）")
async def keys(
    actor: PublicActor, policy: CurrentPolicy, read: CurrentRead, response: Response
) -> KeysOut:
    found = await list_signing_keys(read, policy.rotation)
    response.headers["cache-control"] = FRESH
    return KeysOut(keys=[KeyOut(**key.public) for key in found if is_published(key.state)])
