"""Somebody in a union office looks for an application of their union or below."""

from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.membership.domain.application import State
from services.membership.domain.policies import READERS
from services.membership.store import applications_found
from services.membership.store.facts import document_keys
from services.membership.store.memberships import Wanted
from services.membership.usecases.applications.read_application import ApplicationView


async def find_applications(
    actor: Actor, read: Read, page: Cut, text: str = "", state: State | None = None
) -> tuple[list[ApplicationView], str | None]:
    actor.require(*READERS)
    wanted = Wanted(text, document_keys(read.store.sealer, text))
    rows, following = await applications_found.search(actor, read, wanted, state, page)
    return [ApplicationView.listed(row, read.now) for row in rows], following
