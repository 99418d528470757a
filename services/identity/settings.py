"""What an operator may set for identity (``IDENTITY_…``)."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.edge.settings import ServiceSettings
from services.identity.domain.policy import Policy
from services.identity.domain.provider import ALGORITHMS, Provider


class Settings(ServiceSettings):
    """Numbers of the security requirements, and who sends text messages."""

    model_config = SettingsConfigDict(env_prefix="IDENTITY_", extra="ignore", frozen=True)

    # A session ends after so many minutes without a request, and after so many hours anyway.
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    # How long a new account's activation code may wait.
    activation_hours: int = 72
    # Staff change their password after so many days (等保); 0 asks for no change.
    password_days: int = 90
    # How many phone codes an address may ask for in an hour: whole offices stand behind one.
    codes_per_address_an_hour: int = 300
    # A key signs user tokens for so many days; 0: it is changed by command only.
    signing_key_days: int = 30
    # It is published so many seconds before it signs.
    signing_key_lead_seconds: float = 600
    # The issuer of a government identity provider where staff may log in; empty: there is none.
    oidc_issuer: str = ""
    # What we are called there; we come back to PUBLIC_URL/login/provider/return.
    oidc_client_id: str = ""
    # Our secret there, in a file of its own; without one we are a public client (PKCE only).
    oidc_client_secret_file: Path | None = None
    # What the button on the log-in page says.
    oidc_label: str = "统一身份认证"
    # What we ask for there; the claims that we read must be in it.
    oidc_scope: str = "openid"
    # The signatures believed, of those that a public key verifies; never a shared secret or none.
    oidc_algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256", "Ed25519")
    # Under which names the provider gives ``subject`` (sub) and ``assurance`` (acr).
    oidc_claims: dict[str, str] = Field(default_factory=dict)
    # The levels of assurance that are good enough; none given: any is.
    oidc_assurance: tuple[str, ...] = ()
    # Whether the provider's own second factor counts; if not, our one-time code is asked for.
    oidc_is_second_factor: bool = False
    # ``authorization``, ``token`` and ``jwks`` of a provider that publishes no such document.
    oidc_endpoints: dict[str, str] = Field(default_factory=dict)
    # Seconds after which a silent provider counts as down.
    oidc_timeout: float = 5.0
    # The mini-program (小程序); without an id only a demonstration machine has one, a made-up one.
    mini_program_app_id: str = ""
    # Its secret, in a file of its own.
    mini_program_secret_file: Path | None = None
    # Where its platform answers, also through an outgoing proxy of the operator's.
    mini_program_url: str = "https://api.weixin.qq.com"
    # Seconds after which a silent platform counts as down.
    mini_program_timeout: float = 5.0
    # The operator's text message gateway; production is not ready without it.
    sms_url: str | None = None
    sms_token_file: Path | None = None
    sms_template: str = "log-in"
    sms_timeout: float = 5.0

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        addresses = [self.oidc_issuer, *self.oidc_endpoints.values()] if self.oidc_issuer else []
        if self.mode == "production" and any(not one.startswith("https://") for one in addresses):
            raise ValueError("the identity provider's addresses must begin with https://")
        if self.mode == "production" and not self.mini_program_url.startswith("https://"):
            raise ValueError("mini_program_url must begin with https://")
        if self.mini_program_app_id and self.mini_program_secret_file is None:
            raise ValueError("mini_program_secret_file is missing")
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("oidc_client_id is missing")
        if unknown := set(self.oidc_algorithms) - set(ALGORITHMS):
            raise ValueError(f"oidc_algorithms: {sorted(unknown)} are not accepted")
        return self

    @property
    def provider(self) -> Provider | None:
        if not self.oidc_issuer:
            return None
        return Provider(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            redirect_uri=f"{self.public_url.rstrip('/')}/login/provider/return",
            label=self.oidc_label,
            scope=self.oidc_scope,
            algorithms=self.oidc_algorithms,
            claims=self.oidc_claims,
            assurance=self.oidc_assurance,
            is_second_factor=self.oidc_is_second_factor,
            endpoints=self.oidc_endpoints,
        )

    @property
    def policy(self) -> Policy:
        return Policy(
            session_idle=timedelta(minutes=self.session_idle_minutes),
            session_absolute=timedelta(hours=self.session_absolute_hours),
            activation=timedelta(hours=self.activation_hours),
            password_age=timedelta(days=self.password_days) if self.password_days else None,
            codes_per_address_an_hour=self.codes_per_address_an_hour,
            signing_key_life=timedelta(days=self.signing_key_days) or None,
            signing_key_lead=timedelta(seconds=self.signing_key_lead_seconds),
        )
