"""What is meant for the platform's own parts is refused to everybody else."""

from services.chassis.edge.assertions import service_actor
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Forbidden


def require_part(actor: Actor, *parts: str) -> str:
    """The part's name: it signed its own assertion, and is one of ``parts``."""
    if actor != service_actor(actor.name) or actor.name not in parts:
        raise Forbidden("这个接口只供平台内部的服务使用。")
    return actor.name
