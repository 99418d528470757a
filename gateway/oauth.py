"""What an OAuth client reads about the platform before it asks for a token (RFC 8414)."""

from typing import Any

WELL_KNOWN = "/.well-known/oauth-authorization-server"
API = "/api/identity/v1"
ALGORITHMS = ("Ed25519", "EdDSA", "ES256")


def metadata(public_url: str) -> dict[str, Any]:
    """The one origin that everybody sees is the issuer."""
    issuer = public_url.rstrip("/")
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}{API}/oauth/token",
        "jwks_uri": f"{issuer}{API}/jwks",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "service_documentation": f"{issuer}/api/docs",
    }
