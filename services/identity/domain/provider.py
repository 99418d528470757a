"""Who logs in elsewhere: what a government identity provider says, and what of it counts here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.identity.domain.provider_refusals import AssuranceTooLow, ProviderRefused

# From pressing the button to coming back, and for the one-time code after that.
ATTEMPT_LIFE = timedelta(minutes=10)
LONGEST_SUBJECT = 255
# Signatures that a provider's public key verifies; a shared secret or none at all never counts.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519")
SUBJECT, ASSURANCE = "subject", "assurance"


@dataclass(frozen=True, slots=True)
class Provider:
    """What an operator has agreed with the provider.

    ``claims`` says under which names the provider gives what we ask for, since many use names of
    their own; ``assurance`` holds the levels that are good enough, none meaning that any is.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    label: str = "统一身份认证"
    scope: str = "openid"
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256", "Ed25519")
    claims: Mapping[str, str] = field(default_factory=dict)
    assurance: tuple[str, ...] = ()
    is_second_factor: bool = False
    # Addresses of a provider that publishes none: authorization, token, jwks.
    endpoints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identified:
    """Somebody whom the provider vouches for, by its own word for them and nothing else."""

    issuer: str
    subject: str


def identified(claims: Mapping[str, Any], provider: Provider) -> Identified:
    """Who the verified claims speak of; a name or a phone in them decides nothing."""
    subject = claims.get(provider.claims.get(SUBJECT, "sub"))
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ProviderRefused
    if provider.assurance:
        level = claims.get(provider.claims.get(ASSURANCE, "acr"))
        if str(level) not in provider.assurance:
            raise AssuranceTooLow
    return Identified(provider.issuer, subject)
