"""A client reads what became of the people whom it sent."""

from collections.abc import Sequence
from typing import Any

from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.membership.store import platform_items

SCOPE = "membership:applications.read"


async def list_results(
    actor: Actor, read: Read, references: Sequence[str], page: Cut
) -> tuple[Sequence[Any], str | None]:
    """All of them in the order in which they came in, or those that are named."""
    actor.require_scope(SCOPE)
    return await platform_items.results(actor, read, references, page)
