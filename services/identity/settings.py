"""What an operator may set for identity (``IDENTITY_…``)."""

from datetime import timedelta
from pathlib import Path

from pydantic_settings import SettingsConfigDict

from services.chassis.edge.settings import ServiceSettings
from services.identity.domain.policy import Policy


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
    # A key signs user tokens for so many days (0: it is changed by command only), and is published
    # so many seconds before it signs.
    signing_key_days: int = 30
    signing_key_lead_seconds: float = 600
    # The operator's text message gateway; production is not ready without it.
    sms_url: str | None = None
    sms_token_file: Path | None = None
    sms_template: str = "log-in"
    sms_timeout: float = 5.0

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
