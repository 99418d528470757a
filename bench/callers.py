"""Who asks in a benchmark: a clerk, vouched for by the keys of the platform under test."""

from uuid import UUID

from bench.platform import Platform
from services.chassis.edge.assertions import sign_actor, sign_user
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id


def clerk(union: UUID, path: str) -> Actor:
    return Actor(
        Kind.STAFF,
        new_id(),
        name="测试经办",
        union_id=union,
        union_path=path,
        union_name="江临县总工会",
        roles=frozenset({Role.CLERK}),
        auth="password",
        session=new_id(),
    )


def bearer(platform: Platform, actor: Actor) -> dict[str, str]:
    """Through the gateway, or to the pages behind it."""
    return {"Authorization": f"Bearer {sign_user(platform.key('identity'), actor, utc_now())}"}


def vouched(platform: Platform, actor: Actor, service: str) -> dict[str, str]:
    """To a service, as the gateway says it."""
    token = sign_actor(platform.key("gateway"), actor, service, utc_now())
    return {"Authorization": f"Bearer {token}"}
