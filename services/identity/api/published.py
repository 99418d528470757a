"""Identity's public keys, for whoever checks a user token."""

from typing import Any

from fastapi import APIRouter, Request

from services.chassis.edge.assertions import Trust

router = APIRouter(include_in_schema=False)


@router.get("/.well-known/jwks.json")
async def keys(request: Request) -> dict[str, Any]:
    trust: Trust = request.app.state.trust
    return {"keys": [key.as_dict(private=False) for key in trust.keys.get("identity", ())]}
