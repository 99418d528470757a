"""Speaks for the gateway: signs the assertions that services trust."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from services.chassis.edge.assertions import load_key, sign_actor
from services.chassis.kernel.actors import ANONYMOUS, Actor
from services.chassis.kernel.clock import utc_now

Headers = dict[str, str]


def vouch(keys: Path, audience: str, now: datetime | None = None) -> Callable[[Actor], Headers]:
    """A function that gives the headers with which an actor reaches ``audience``."""
    key = load_key(keys / "gateway.jwk")

    def as_(actor: Actor = ANONYMOUS, **headers: str) -> Headers:
        token = sign_actor(key, actor, audience, now or utc_now())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {token}", "X-Request-Id": "test-request-0001"} | named

    return as_
