"""A worker follows what they applied for, or what a clerk entered for their phone."""

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.membership.store import applications
from services.membership.usecases.applications.read_application import ApplicationView


async def list_my_applications(
    actor: Actor, read: Read, own_phone: tuple[bytes, ...]
) -> list[ApplicationView]:
    rows = await applications.mine(actor, read, own_phone)
    return [ApplicationView.listed(row, read.now) for row in rows]
