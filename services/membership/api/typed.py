"""Fields that several of membership's operations take and give."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.config import JsonDict

from services.chassis.kernel.calendar import SHANGHAI
from services.chassis.web.text import Line, Paragraphs
from services.membership.store.reference import code_book

ID = "0193a5c2-b7e0-7c3e-8f10-5a2b9c4d6e7f"
AT = "2026-03-02T17:00:00+08:00"

# Instants are answered in +08:00 (T-07).
Instant = Annotated[
    datetime, PlainSerializer(lambda at: at.astimezone(SHANGHAI).isoformat(), return_type=str)
]
Name = Annotated[Line, Field(min_length=1, max_length=100)]
Word = Annotated[Line, Field(max_length=100)]
Address = Annotated[Line, Field(max_length=200)]
Reason = Annotated[Paragraphs, Field(max_length=500)]
Number = Annotated[Line, Field(max_length=64)]
Code = Annotated[Line, Field(max_length=64)]
Division = Annotated[Line, Field(max_length=12)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class In(BaseModel):
    """What comes in names nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What goes out is read from rows and values as they are."""

    model_config = ConfigDict(from_attributes=True)


def shown(**example: Any) -> JsonDict:
    """The example of a model, for its documentation."""
    return {"examples": [example]}


class Coded(BaseModel):
    """A code of a national or own list with its label."""

    code: str
    label: str

    @classmethod
    def of(cls, list_name: str, code: str | None) -> "Coded | None":
        if not code:
            return None
        return cls(code=code, label=code_book().label(list_name, code))

    @classmethod
    def sure(cls, list_name: str, code: str) -> "Coded":
        return cls(code=code, label=code_book().label(list_name, code))


class UnionRef(BaseModel):
    """A union by name, with the telephone where it is of use."""

    id: str
    name: str
    phone: str | None = None


def place_of(division: str | None) -> Coded | None:
    """A division with its name; townships show the county's."""
    if not division:
        return None
    return Coded(code=division, label=code_book().label("divisions", division[:6]))


def month_of(year: int | None, month: int | None) -> str | None:
    """Year and month of birth; the day is sealed."""
    return f"{year:04}-{month:02}" if year and month else None


def first_of_month(day: date) -> date:
    return day.replace(day=1)
