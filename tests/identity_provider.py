"""A real OpenID provider as a process of its own: ``… identity_provider PORT [WAY BACK]``.

Built on Authlib.  It demands PKCE, an exact redirect address, the client's secret and a nonce, and
logs everybody in as whom they say they are (``login_hint``), where others would ask for a password.
``POST /keys`` makes it sign with a new key; ``POST /behaviour`` sets ``life`` and ``slow`` seconds.
"""

import sys
import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from markupsafe import escape

CLIENT, SECRET = "niangjia", "between-us-only"
app = Flask(__name__)
server = AuthorizationServer()
keys: list[RSAKey] = []
codes: dict[str, "Code"] = {}
behaviour = {"life": 300, "slow": 0.0}
redirects: set[str] = set()


class Client(ClientMixin):
    """The one client, which keeps a secret."""

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in redirects

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """An authorization code, good once."""

    def __init__(self, **given: Any):
        self.__dict__.update(given)
        self.auth_time = int(time.time())

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code, request):
        payload = request.payload
        codes[code] = Code(
            code=code,
            client_id=request.client.get_client_id(),
            redirect_uri=payload.redirect_uri,
            scope=payload.scope,
            user=request.user,
            nonce=payload.data.get("nonce"),
            code_challenge=payload.data.get("code_challenge"),
            code_challenge_method=payload.data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code, client):
        return codes.get(code)

    def delete_authorization_code(self, authorization_code):
        codes.pop(authorization_code.code)

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return any(code.nonce == nonce for code in codes.values())

    def get_jwt_config(self, grant, client=None):
        key = keys[-1]
        return {
            "key": key.as_dict(private=True),
            "alg": "RS256",
            "kid": key.kid,
            "iss": issuer(),
            "exp": int(behaviour["life"]),
        }

    def generate_user_info(self, user, scope):
        return UserInfo(sub=user, yhid=f"yh-{user}", rzdj="4" if user == "wang" else "2")


def issuer() -> str:
    return request.host_url.rstrip("/")


@app.get("/.well-known/openid-configuration")
def document():
    time.sleep(behaviour["slow"])
    here = issuer()
    return jsonify(
        issuer=here,
        authorization_endpoint=f"{here}/authorize",
        token_endpoint=f"{here}/token",
        jwks_uri=f"{here}/jwks",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
    )


@app.get("/jwks")
def jwks():
    return jsonify(KeySet(keys[-1:]).as_dict(private=False))


@app.get("/authorize")
def authorize():
    if "login_hint" not in request.args:
        kept = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in request.args.items()
        )
        asked = '<label>谁 <input name="login_hint"></label><button>登录</button>'
        return f"<form>{kept}{asked}</form>"
    return server.create_authorization_response(grant_user=request.args["login_hint"])


@app.post("/token")
def token():
    return server.create_token_response()


@app.post("/keys")
def change_key():
    kid = f"key-{len(keys) + 1}"
    keys.append(RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True))
    return jsonify(kid=kid)


@app.post("/behaviour")
def behave():
    behaviour.update({name: float(value) for name, value in request.get_json().items()})
    return jsonify(behaviour)


@app.post("/redirects")
def allow():
    redirects.add(request.get_json()["uri"])
    return jsonify(sorted(redirects))


def main(port: int, *ways_back: str) -> None:
    redirects.update(ways_back)
    client = Client()
    server.init_app(
        app,
        query_client=lambda client_id: client if client_id == CLIENT else None,
        save_token=lambda token, request: None,
    )
    server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])
    with app.test_request_context():
        change_key()
    app.run("127.0.0.1", port, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
