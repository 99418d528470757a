"""The numbers that an operator may set; the defaults are those of the security requirements."""

from dataclasses import dataclass
from datetime import timedelta

from services.identity.domain.signing_keys import Rotation

# What a user token lives at most; the signer and a structure test hold it to that.
TOKEN_SECONDS = 600
CLOCKS_DIFFER = 60


@dataclass(frozen=True, slots=True)
class Policy:
    """How long things live and how often they may be tried."""

    session_idle: timedelta = timedelta(minutes=30)
    session_absolute: timedelta = timedelta(hours=12)
    activation: timedelta = timedelta(hours=72)
    # 等保 asks staff for regular change; None switches it off.
    password_age: timedelta | None = timedelta(days=90)
    code_life: timedelta = timedelta(minutes=5)
    code_tries: int = 5
    code_pause: timedelta = timedelta(seconds=60)
    codes_per_phone_a_day: int = 10
    # A whole office, or a whole courier station, stands behind one address.
    codes_per_address_an_hour: int = 300
    # A key signs user tokens for so long, and is published so long before; None: by hand only.
    signing_key_life: timedelta | None = timedelta(days=30)
    signing_key_lead: timedelta = timedelta(minutes=10)

    @property
    def rotation(self) -> Rotation:
        """Tokens are believed a little longer than they live, for clocks that differ."""
        tokens = timedelta(seconds=TOKEN_SECONDS + CLOCKS_DIFFER)
        return Rotation(self.signing_key_life, self.signing_key_lead, tokens)
