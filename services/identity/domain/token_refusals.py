"""Ways in which the token endpoint says no, in the words of RFC 6749."""


class TokenRefused(Exception):
    """``error`` is for the caller; ``why`` names the broken rule, for the audit only."""

    def __init__(self, error: str, why: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.why = why
        self.status = status


def invalid_client(why: str) -> TokenRefused:
    """Whatever was wrong with the proof: from outside it all looks the same."""
    return TokenRefused("invalid_client", why, 401)


DESCRIPTIONS = {
    "invalid_request": "The request is missing a parameter, repeats one, or is not a form.",
    "invalid_client": "Client authentication failed.",
    "unsupported_grant_type": "Only client_credentials is supported.",
    "invalid_scope": "A scope was asked for that this client was not granted.",
    "unauthorized_client": "No scope was granted to this client yet.",
}
