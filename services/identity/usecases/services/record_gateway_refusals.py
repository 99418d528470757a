"""The gateway reports whom it did not let through; the audit keeps it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.usecases.services.require_part import require_part


@dataclass(frozen=True, slots=True)
class GatewayRefusal:
    """Refusals of one kind, counted together over a span of time."""

    code: str
    reason: str
    service: str
    status: int
    count: int
    since: datetime
    until: datetime


async def record_gateway_refusals(actor: Actor, tx: Tx, refusals: Sequence[GatewayRefusal]) -> None:
    """One audit row for each kind."""
    require_part(actor, "gateway")
    for refused in refusals:
        counted = asdict(refused)
        code = counted.pop("code")
        why = counted.pop("reason")
        await tx.record(
            "gateway.refused", "request", None, outcome="refused", reason=code, why=why, **counted
        )
