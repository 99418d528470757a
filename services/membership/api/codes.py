"""Code lists, and the working calendar."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from services.chassis.kernel.calendar import shipped
from services.chassis.kernel.refusals import NotFound
from services.chassis.web.depends import PublicActor
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.membership.api.typed import shown
from services.membership.store.reference import code_book

router = APIRouter(tags=["reference"], route_class=UnitRoute)


class CodeOut(BaseModel):
    code: str
    label: str
    valid_from: date
    valid_to: date | None
    note: str


class CodesOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            name="groups",
            items=[
                {
                    "code": "G02",
                    "label": "快递员",
                    "valid_from": "2018-03-01",
                    "valid_to": None,
                    "note": "4-02-07-08",
                }
            ],
        )
    )

    name: str
    items: list[CodeOut]


class DayOut(BaseModel):
    day: date
    kind: str
    name: str


class CalendarOut(BaseModel):
    """Days that differ from plain weeks, and whether the year's notice is known (T-04, T-06)."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            year=2026,
            published=True,
            days=[{"day": "2026-01-01", "kind": "off", "name": "元旦"}],
        )
    )

    year: int
    published: bool
    days: list[DayOut]


@router.get("/codes/{list_name}", summary="代码表", responses=problems(404))
async def codes(actor: PublicActor, list_name: Annotated[str, Path(max_length=40)]) -> CodesOut:
    found = code_book().list(list_name)
    if found is None:
        raise NotFound("没有这个代码表，请核对名称。")
    return CodesOut(
        name=list_name,
        items=[
            CodeOut(
                code=one.code,
                label=one.label,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                note=one.note,
            )
            for one in found
        ],
    )


@router.get("/calendar/{year}", summary="工作日历", responses=problems(404))
async def calendar(actor: PublicActor, year: Annotated[int, Path(ge=2000, le=2100)]) -> CalendarOut:
    known = shipped()
    days = sorted(day for day in known.days if day.year == year)
    return CalendarOut(
        year=year,
        published=year in known.published,
        days=[DayOut(day=d, kind=known.days[d], name=known.names.get(d, "")) for d in days],
    )
