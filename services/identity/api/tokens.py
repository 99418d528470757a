"""The shape of what somebody is handed when they have proved who they are."""

from pydantic import BaseModel, ConfigDict

from services.identity.api.typed import RENEWABLE, shown
from services.identity.usecases.sessions.open_session import Opened
from services.identity.usecases.sessions.renew_tokens import Renewed
from services.identity.usecases.sessions.sign_access import Access


class AccessOut(BaseModel):
    access_token: str
    expires_in: int

    @classmethod
    def of(cls, access: Access) -> "AccessOut":
        return cls(access_token=access.token, expires_in=access.expires_in)


class TokensOut(AccessOut):
    model_config = ConfigDict(json_schema_extra=shown(**RENEWABLE))

    refresh_token: str

    @classmethod
    def renewed(cls, new: Renewed) -> "TokensOut":
        access = new.access
        return cls(
            access_token=access.token,
            expires_in=access.expires_in,
            refresh_token=new.refresh_token,
        )


class SessionOut(TokensOut):
    """``session`` is for a browser's cookie; a phone keeps the refresh token instead."""

    session: str


def handed_out(opened: Opened) -> dict[str, str | int]:
    """The fields of ``SessionOut``."""
    return {
        "session": opened.secret,
        "access_token": opened.access.token,
        "expires_in": opened.access.expires_in,
        "refresh_token": opened.refresh_token,
    }
