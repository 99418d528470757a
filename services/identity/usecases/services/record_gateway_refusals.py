"""The gateway reports whom it did not let through; the audit keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.usecases.services.require_part import require_part


@dataclass(frozen=True, slots=True)
class GatewayRefusal:
    """What was refused: the route's template, never the address that was typed."""

    code: str
    status: int
    method: str
    route: str
    count: int
    first_at: datetime | None
    client: str
    session: UUID | None


async def record_gateway_refusals(actor: Actor, tx: Tx, refusals: Sequence[GatewayRefusal]) -> None:
    """Refusals of the same kind may come counted together."""
    require_part(actor, "gateway")
    for refused in refusals:
        await tx.record(
            "gateway.refused", "session", refused.session, outcome="refused", reason=refused.code,
            status=refused.status, method=refused.method, route=refused.route,
            count=refused.count, first_at=refused.first_at, client=refused.client,
        )  # fmt: skip
