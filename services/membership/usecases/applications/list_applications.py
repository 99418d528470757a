"""The applications that a union office sees, a page at a time."""

from uuid import UUID

from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.membership.domain.application import State
from services.membership.store import applications, unions
from services.membership.store.applications import Filter
from services.membership.usecases.applications.read_application import ApplicationView


async def list_applications(
    actor: Actor,
    read: Read,
    page: Cut,
    state: State | None = None,
    union_id: UUID | None = None,
    batch_id: UUID | None = None,
) -> tuple[list[ApplicationView], str | None]:
    path = (await unions.find(actor, read, union_id)).path if union_id else ""
    wanted = Filter(state=state, union_path=path, batch_id=batch_id)
    rows, following = await applications.page(actor, read, wanted, page)
    return [ApplicationView.listed(row, read.now) for row in rows], following
