"""The OAuth 2.1 token endpoint: client credentials, proven by a signed JWT.

It speaks the language of RFC 6749, not ours: a form comes in, and refusals are its own JSON.
"""

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from services.chassis.web.depends import CurrentTx, PublicActor, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.identity.api.depends import CurrentIssuer
from services.identity.api.typed import ACCESS, shown
from services.identity.domain.token_refusals import DESCRIPTIONS, TokenRefused
from services.identity.usecases.clients.issue_client_token import (
    ClientToken,
    TokenRequest,
    issue_client_token,
)
from services.identity.usecases.clients.record_token_refusal import record_token_refusal

router = APIRouter(tags=["oauth"], route_class=UnitRoute, dependencies=[TakesNoKey])

TOKEN_PATH = "/api/identity/v1/oauth/token"  # noqa: S105 -- an address, not a secret
FORM = "application/x-www-form-urlencoded"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BEARER = "Bearer"
NEVER_KEPT = {"cache-control": "no-store", "pragma": "no-cache"}
LONGEST_SCOPE = 2000
FIELDS: dict[str, Any] = {
    "grant_type": {"type": "string", "enum": ["client_credentials"]},
    "client_assertion_type": {"type": "string", "enum": [JWT_BEARER]},
    "client_assertion": {"type": "string", "maxLength": 8192},
    "client_id": {"type": "string", "format": "uuid"},
    "scope": {"type": "string", "maxLength": LONGEST_SCOPE},
}
EXAMPLE = {
    "grant_type": "client_credentials",
    "client_assertion_type": JWT_BEARER,
    "client_assertion": "eyJhbGciOiJFZDI1NTE5Ii…",
    "scope": "membership:applications.write",
}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["grant_type", "client_assertion_type", "client_assertion"],
                "properties": FIELDS,
            },
            "example": EXAMPLE,
        }
    },
}


class ClientTokenOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(**ACCESS, token_type=BEARER, scope="membership:applications.write")
    )

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class OAuthErrorOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            error="invalid_client", error_description=DESCRIPTIONS["invalid_client"]
        )
    )

    error: str
    error_description: str


REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": OAuthErrorOut, "description": "请求不符合 OAuth 规定，或没有这项接口权限"},
    401: {"model": OAuthErrorOut, "description": "接入方身份没有通过验证"},
}


@router.post(
    "/oauth/token",
    summary="接入方换取访问令牌（OAuth 2.1 client_credentials）",
    response_model=ClientTokenOut,
    responses=REFUSED,
    openapi_extra={"requestBody": BODY},
)
async def token(
    actor: PublicActor, issuer: CurrentIssuer, tx: CurrentTx, request: Request
) -> Response:
    try:
        asked = _asked(request.headers.get("content-type", ""), await request.body())
        issued = await issue_client_token(tx, issuer, request.app.state.audiences, asked)
    except TokenRefused as refused:
        await record_token_refusal(tx, refused.error, refused.why)
        return _refusal(refused)
    return _answer(issued)


def _asked(content_type: str, body: bytes) -> TokenRequest:
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise TokenRefused("invalid_request", "content-type")
    try:
        pairs = parse_qsl(body.decode("ascii"), True, True, max_num_fields=20)
    except ValueError as error:
        raise TokenRefused("invalid_request", "form") from error
    fields = {name: value for name, value in pairs if value}
    if len({name for name, _ in pairs}) != len(pairs):
        raise TokenRefused("invalid_request", "repeated")
    if "grant_type" not in fields:
        raise TokenRefused("invalid_request", "grant-type-missing")
    if fields["grant_type"] != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "grant-type")
    if fields.get("client_assertion_type") != JWT_BEARER or "client_assertion" not in fields:
        raise TokenRefused("invalid_client", "no-assertion", 401)
    scope = fields.get("scope")
    wanted = frozenset(scope[:LONGEST_SCOPE].split(" ")) if scope else None
    return TokenRequest(fields["client_assertion"], fields.get("client_id"), wanted)


def _answer(issued: ClientToken) -> Response:
    said = ClientTokenOut(
        access_token=issued.token,
        token_type=BEARER,
        expires_in=issued.expires_in,
        scope=" ".join(issued.scopes),
    )
    return JSONResponse(said.model_dump(), headers=NEVER_KEPT)


def _refusal(refused: TokenRefused) -> Response:
    said = {"error": refused.error, "error_description": DESCRIPTIONS[refused.error]}
    return JSONResponse(said, refused.status, headers=NEVER_KEPT)
