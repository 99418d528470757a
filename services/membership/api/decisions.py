"""Many decisions at once."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.chassis.edge.problems import document
from services.chassis.kernel.refusals import FieldError, Refusal, Unprocessable
from services.chassis.web.depends import CurrentActor, CurrentTx, RequiresKey
from services.chassis.web.documented import problems
from services.chassis.web.route import UnitRoute
from services.membership.api.application_in import DecisionsIn
from services.membership.api.typed import ID, shown
from services.membership.domain.application import State
from services.membership.domain.decision import Result
from services.membership.usecases.decisions.decide_in_bulk import decide_in_bulk
from services.membership.usecases.decisions.request_batch_decision import request_batch_decision

router = APIRouter(prefix="/decisions", tags=["applications"], route_class=UnitRoute)

CHOOSE = "请选择要办理的申请，或指定一批导入的名单。"


class ProblemOut(BaseModel):
    type: str
    title: str
    status: int
    detail: str
    union: dict[str, str] | None = None

    @classmethod
    def of(cls, refusal: Refusal | None) -> "ProblemOut | None":
        if refusal is None:
            return None
        said = document(refusal)
        return cls(**{name: said[name] for name in cls.model_fields if name in said})


class ResultOut(BaseModel):
    application_id: UUID
    number: str
    name: str
    state: State | None
    membership_id: UUID | None
    problem: ProblemOut | None

    @classmethod
    def of(cls, result: Result) -> "ResultOut":
        return cls(
            application_id=result.application_id,
            number=result.number,
            name=result.name,
            state=result.state,
            membership_id=result.membership_id,
            problem=ProblemOut.of(result.refusal),
        )


class DecisionsOut(BaseModel):
    """Each application's outcome, or the job that works through a whole imported list."""

    model_config = ConfigDict(
        json_schema_extra=shown(
            decided=1, kept_back=0, results=[{"application_id": ID, "state": "admitted"}]
        )
    )

    decided: int
    kept_back: int
    results: list[ResultOut]
    job_id: UUID | None = None
    waiting: int = 0

    @classmethod
    def of(cls, results: list[Result]) -> "DecisionsOut":
        kept_back = sum(result.refusal is not None for result in results)
        return cls(
            decided=len(results) - kept_back,
            kept_back=kept_back,
            results=[ResultOut.of(result) for result in results],
        )


@router.post(
    "",
    summary="批量审核",
    description="一次最多 1000 份；按导入批次审核时在后台办理，返回 202 和任务编号。",
    dependencies=[RequiresKey],
    responses=problems(404, 409),
)
async def decide(
    actor: CurrentActor, tx: CurrentTx, body: DecisionsIn, response: Response
) -> DecisionsOut:
    if body.batch_id is not None:
        asked = await request_batch_decision(actor, tx, body.batch_id, body.outcome, body.reason)
        response.status_code = 202
        return DecisionsOut(
            decided=0, kept_back=0, results=[], job_id=asked.job_id, waiting=asked.waiting
        )
    if not body.application_ids:
        raise Unprocessable(CHOOSE, [FieldError("/application_ids", "missing", CHOOSE)])
    results = await decide_in_bulk(actor, tx, body.application_ids, body.outcome, body.reason)
    return DecisionsOut.of(results)
