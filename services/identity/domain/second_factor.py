"""Time-based one-time codes (RFC 6238): one step of tolerance, each code good once (AUTH-03)."""

from datetime import datetime

import pyotp

STEP = 30
DIGITS = 6
ISSUER = "娘家"


def new_totp_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32()


def accepted_step(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step that ``code`` proves, or None; a step at or before ``last_step`` is used up."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP)
    current = int(now.timestamp()) // STEP
    found = None
    for step in (current - 1, current, current + 1):
        # Every candidate is compared, so that the time taken says nothing.
        if pyotp.utils.strings_equal(totp.generate_otp(step), code) and step > (last_step or 0):
            found = step
    return found


def current_code(secret: str, now: datetime) -> str:
    """The code that an authenticator shows at this instant; for the local page only."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).at(now)


def provisioning_uri(secret: str, account: str) -> str:
    """What an authenticator app reads from a QR code."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP, name=account, issuer=ISSUER)
    return totp.provisioning_uri()
