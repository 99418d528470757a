"""Fields that several of identity's operations take."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from services.chassis.kernel.identifiers import InvalidIdentifier, parse_mobile
from services.chassis.web.text import Line

ID = "0193a5c2-b7e0-7c3e-8f10-5a2b9c4d6e7f"
PATH = "0193a5c2b7e07c3e8f105a2b9c4d6e7f/"
UNION = {"id": ID, "name": "江临县总工会"}
NOON = "2026-03-02T12:00:00+08:00"
ACCESS: dict[str, Any] = {"access_token": "eyJhbGciOiJFZDI1NTE5Ii…", "expires_in": 600}
RENEWABLE: dict[str, Any] = ACCESS | {
    "refresh_token": "rV5d0mJxkq3Zr1mD8yC2bW7nT4hLs6uEoQpXaGfIvKc"
}
ENTERED: dict[str, Any] = RENEWABLE | {"session": "kq3Zr1mD8yC2bW7nT4hLs6uEoQpXaGfIvKcrV5d0mJx"}


def _mobile(raw: str) -> str:
    try:
        return parse_mobile(raw)
    except InvalidIdentifier as error:
        raise ValueError(error.message) from error


Phone = Annotated[Line, AfterValidator(_mobile)]
Account = Annotated[Line, Field(max_length=64)]
# Longer than any password may be, so that the rule and not the reader refuses the rest.
Password = Annotated[str, Field(min_length=1, max_length=1024)]
OneTimeCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]
Secret = Annotated[str, Field(min_length=16, max_length=256)]
Reason = Annotated[Line, Field(min_length=2, max_length=200)]


class In(BaseModel):
    """What comes in names nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What goes out is read from rows and values as they are."""

    model_config = ConfigDict(from_attributes=True)


def shown(**example: Any) -> JsonDict:
    """The example of a model, for its documentation."""
    return {"examples": [example]}
