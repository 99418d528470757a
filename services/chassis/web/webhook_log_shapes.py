"""What is shown of a webhook's deliveries, and how a stretch of time is asked for again."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.chassis.kernel.hooks import DeliveryState
from services.chassis.web.webhook_shapes import AT, ID, TOPIC, Instant, Topic, shown


class DeliveryOut(BaseModel):
    """How one fact stands with one hook."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra=shown(
            id=ID,
            webhook_id=ID,
            topic=TOPIC,
            subject=ID,
            sequence=4711,
            state="delivered",
            attempts=1,
            due_at=AT,
            last_status=204,
            last_error="",
            created_at=AT,
            finished_at=AT,
        ),
    )

    id: UUID
    webhook_id: UUID = Field(description="请求头 webhook-id，重发时不变")
    topic: str
    subject: UUID
    sequence: int
    state: DeliveryState
    attempts: int
    due_at: Instant
    last_status: int | None
    last_error: str
    created_at: Instant
    finished_at: Instant | None


class AttemptOut(BaseModel):
    """What was sent and what was answered, personal data cut out."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: Instant
    url: str
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    answer: str
    error: str
    duration_ms: int


class DeliveryLogOut(DeliveryOut):
    model_config = ConfigDict(
        json_schema_extra=shown(
            id=ID, webhook_id=ID, topic=TOPIC, state="delivered", attempts=1, log=[]
        )
    )

    log: list[AttemptOut]


class ReplayOut(BaseModel):
    """A replay under way; ``done`` of ``total`` facts were looked at."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra=shown(id=ID, state="queued", done=0, total=None, message=""),
    )

    id: UUID
    state: str
    done: int
    total: int | None
    message: str


class ReplayIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "from": "2026-03-02T00:00:00+08:00",
                    "to": "2026-03-02T17:00:00+08:00",
                    "topics": [TOPIC],
                }
            ]
        },
    )

    since: AwareDatetime = Field(alias="from", description="从此时起，最早 30 天前")
    until: AwareDatetime = Field(alias="to", description="到此时止")
    topics: list[Topic] = Field(default_factory=list, max_length=50, description="不填为全部")
