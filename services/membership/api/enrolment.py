"""Which way into the union: the table M-10, open to anybody and storing nothing."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.chassis.web.depends import PublicActor, TakesNoKey
from services.chassis.web.route import UnitRoute
from services.membership.api.application_in import SituationIn
from services.membership.api.typed import Coded, shown
from services.membership.domain.paths import JOINS_LABELS, Joins, Path, choose

router = APIRouter(prefix="/enrolment-paths", tags=["enrolment"], route_class=UnitRoute)


class WayOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            path="P2",
            joins="area_union",
            label="工作地或居住地的乡镇（街道）、开发区、村（社区）工会",
            moves_later=False,
            reason="依托平台就业，就近加入工作地或居住地的工会。",
            rule="M-10 P2, M-31",
        )
    )

    path: Path
    path_label: Coded | None = None
    joins: Joins
    label: str
    moves_later: bool
    reason: str
    rule: str


@router.post("", summary="我该加入哪里：三种入会途径", dependencies=[TakesNoKey])
async def choose_path(actor: PublicActor, body: SituationIn) -> WayOut:
    way = choose(body.answers())
    return WayOut(
        path=way.path,
        path_label=Coded.of("join_paths", way.path),
        joins=way.joins,
        label=JOINS_LABELS[way.joins],
        moves_later=way.moves_later,
        reason=way.reason,
        rule=way.rule,
    )
