"""Fields that several of identity's operations take."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from services.chassis.kernel.identifiers import InvalidIdentifier, parse_mobile
from services.chassis.web.text import Line

ID = "0193a5c2-b7e0-7c3e-8f10-5a2b9c4d6e7f"


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
