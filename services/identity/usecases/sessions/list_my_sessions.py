"""Somebody looks where they are still logged in."""

from typing import Any

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.identity.domain.policy import Policy
from services.identity.store import sessions


async def list_my_sessions(actor: Actor, read: Read, policy: Policy) -> Any:
    """Reads nothing but what is the caller's own."""
    return await sessions.alive_of(read, actor.id, policy.session_idle)
