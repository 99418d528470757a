"""Who calls, read once at the edge of a service from the assertion that the gateway signed."""

from dataclasses import dataclass

from fastapi import Request

from services.chassis.data.tx import Origin
from services.chassis.kernel.actors import ANONYMOUS, Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """The actor, where the request came from, and the assertion as it was received."""

    actor: Actor
    origin: Origin
    assertion: str = ""

    @property
    def key(self) -> str:
        """Whose idempotency keys these are: a session's, else the actor's."""
        return f"{self.actor.kind}:{self.actor.session or self.actor.id}"


STRANGER = Caller(ANONYMOUS, Origin())


def caller_of(request: Request) -> Caller:
    """The caller whom ``ActorMiddleware`` put into the scope."""
    caller = request.scope.get("niangjia.caller")
    return caller if isinstance(caller, Caller) else STRANGER
