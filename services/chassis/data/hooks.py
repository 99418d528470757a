"""Clients' hooks: each client sees its own, administrators those of clients at their union."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, false, func, insert, select, update

from services.chassis.data.read import Read
from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.hooks import Filter, HookState, Reach, new_secret
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import (
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    Unprocessable,
)

# Union ids -> their paths as they stand today; what is not known is left out.
Places: TypeAlias = Callable[[Read, Collection[UUID]], Awaitable[Mapping[UUID, str]]]


async def no_places(read: Read, unions: Collection[UUID]) -> Mapping[UUID, str]:
    """A service that knows no unions tells no client anything."""
    return {}


MISSING = "没有这个推送，请核对编号。"
OUT_OF_REACH = "只能选择本接入方所在工会及其下级工会。"
MOST_HOOKS = 20  # of one client in one service


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client may say of a hook."""

    url: str
    topics: tuple[str, ...]
    filter: Filter
    description: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret and until when it signs beside a newer one; None is the newest."""

    value: str
    until: datetime | None = None


def require_manager(actor: Actor, service: str) -> None:
    """Clients by scope, people as administrators; everybody else is refused."""
    if actor.kind is Kind.SERVICE and actor.client:
        actor.require_scope(f"{service}:webhooks.manage")
    else:
        actor.require(Role.ADMINISTRATOR)


def require_owner(actor: Actor, service: str) -> None:
    """Only the client itself says where it is told and holds the secrets."""
    require_manager(actor, service)
    if actor.kind is not Kind.SERVICE:
        raise Forbidden("推送的地址、主题和密钥只能由接入方自己设置。")


def visible_to(read: Read | Tx) -> Select[Any]:
    hooks, actor = read.store.tables.webhooks, read.actor
    return select(hooks).where(_mine(hooks.c, actor))


def _mine(c: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.kind is Kind.SERVICE and actor.client:
        mine: ColumnElement[bool] = c.client == actor.client
        return mine
    if actor.kind is Kind.STAFF and actor.union_path:
        below: ColumnElement[bool] = c.union_path.startswith(actor.union_path, autoescape=True)
        return below
    return false()


async def find(read: Read | Tx, hook_id: UUID) -> Row[Any]:
    row = await read.first(visible_to(read).where(read.store.tables.webhooks.c.id == hook_id))
    if row is None:
        raise NotFound(MISSING)
    return row


async def lock(tx: Tx, hook_id: UUID) -> Row[Any]:
    query = visible_to(tx).where(tx.store.tables.webhooks.c.id == hook_id)
    row = await tx.first(query.with_for_update())
    if row is None:
        raise NotFound(MISSING)
    return row


async def create(tx: Tx, wanted: Wanted) -> tuple[Row[Any], str]:
    """The hook and its secret, which nobody is shown a second time."""
    actor, hooks = tx.actor, tx.store.tables.webhooks
    own = select(func.count()).select_from(hooks).where(hooks.c.client == actor.client)
    if (await tx.session.scalar(own) or 0) >= MOST_HOOKS:
        raise Conflict(f"每个接入方最多设置 {MOST_HOOKS} 个推送，请先删除不用的。")
    hook_id, secret = new_id(), new_secret()
    values = {
        "id": hook_id,
        "client": actor.client,
        "client_name": actor.name,
        "union_id": actor.union_id,
        "union_path": actor.union_path,
        "state": HookState.ACTIVE,
        "secrets": _sealed(tx.sealer, hook_id, [Secret(secret)]),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    row = await tx.first(insert(hooks).values(values | _columns(wanted)).returning(*hooks.c))
    if row is None:
        raise AssertionError("an insert returns its row")
    await tx.record("webhook.created", "webhook", hook_id, after=HookState.ACTIVE)
    return row, secret


async def change(tx: Tx, hook: Row[Any], **values: Any) -> Row[Any]:
    """Write the values and the next version; the caller holds the row's lock."""
    hooks = tx.store.tables.webhooks
    changed = update(hooks).where(hooks.c.id == hook.id)
    values |= {"version": hooks.c.version + 1, "updated_at": tx.now}
    row = await tx.first(changed.values(values).returning(*hooks.c))
    if row is None:
        raise NotFound(MISSING)
    return row


async def amend(tx: Tx, hook: Row[Any], wanted: Wanted) -> Row[Any]:
    await tx.record("webhook.changed", "webhook", hook.id, union_path=hook.union_path)
    return await change(tx, hook, **_columns(wanted))


async def set_state(tx: Tx, hook: Row[Any], state: HookState) -> Row[Any]:
    """Pausing keeps what is due; resuming forgets past failures and sends it at once."""
    await tx.record(
        "webhook.paused" if state is HookState.PAUSED else "webhook.resumed",
        "webhook",
        hook.id,
        union_path=hook.union_path,
        before=hook.state,
        after=state,
    )
    if state is HookState.PAUSED:
        return await change(tx, hook, state=state)
    due = tx.store.tables.webhook_deliveries
    waiting = update(due).where(due.c.hook == hook.id, due.c.state == "waiting")
    await tx.session.execute(waiting.values(due_at=tx.now))
    await tx.wake("hooks")
    return await change(tx, hook, state=state, **UNTROUBLED)


UNTROUBLED: dict[str, Any] = {
    "disabled_reason": "",
    "disabled_at": None,
    "failing_since": None,
    "warned_at": None,
    "resting_until": None,
}


async def rotate(tx: Tx, hook: Row[Any], overlap: timedelta) -> tuple[str, datetime]:
    """A new secret; the one before signs beside it until the overlap ends, older ones no more."""
    newest = secrets_of(tx.sealer, hook, tx.now)[0]
    until, secret = tx.now + overlap, new_secret()
    kept = [Secret(secret), Secret(newest.value, until)]
    await change(tx, hook, secrets=_sealed(tx.sealer, hook.id, kept))
    await tx.record("webhook.secret_rotated", "webhook", hook.id, union_path=hook.union_path)
    return secret, until


async def remove(tx: Tx, hook: Row[Any]) -> None:
    """The hook and its log; that there was one stays in the audit."""
    hooks = tx.store.tables.webhooks
    await tx.record(
        "webhook.deleted", "webhook", hook.id, union_path=hook.union_path, before=hook.state
    )
    await tx.session.execute(delete(hooks).where(hooks.c.id == hook.id))


def secrets_of(sealer: Sealer, hook: Any, now: datetime) -> list[Secret]:
    """The secrets that sign at ``now``, newest first."""
    kept: Any = sealer.open_json(hook.secrets, _where(hook.id))
    found = [Secret(v, datetime.fromisoformat(until) if until else None) for v, until in kept]
    return [one for one in found if one.until is None or one.until > now]


def filter_of(hook: Any) -> Filter:
    return Filter(hook.filter_union, Reach(hook.filter_reach))


async def check_filter(read: Read, places: Places, wanted: Filter) -> None:
    """Refuse a union that the client may not hear of; absent and out of reach look the same."""
    if wanted.union_id is None:
        return
    found = await places(read, [wanted.union_id])
    if not read.actor.reaches(found.get(wanted.union_id, "")):
        fault = FieldError("/filter/union_id", "unknown-union", OUT_OF_REACH)
        raise Unprocessable(OUT_OF_REACH, [fault])


async def stop_client(tx: Tx, client: str) -> None:
    """A client that was suspended hears nothing more; let in again, it resumes its hooks itself."""
    hooks = tx.store.tables.webhooks
    own = update(hooks).where(hooks.c.client == client, hooks.c.state != HookState.DISABLED)
    values = {"state": HookState.DISABLED, "disabled_reason": "client", "disabled_at": tx.now}
    for row in await tx.rows(own.values(values).returning(hooks.c.id, hooks.c.union_path)):
        await tx.record(
            "webhook.disabled",
            "webhook",
            row.id,
            union_path=row.union_path,
            after=HookState.DISABLED,
            reason="client",
        )


def _columns(wanted: Wanted) -> dict[str, Any]:
    return {
        "url": wanted.url,
        "topics": list(wanted.topics),
        "filter_union": wanted.filter.union_id,
        "filter_reach": wanted.filter.reach,
        "description": wanted.description,
    }


def _sealed(sealer: Sealer, hook_id: UUID, secrets: Sequence[Secret]) -> bytes:
    kept = [[s.value, s.until.isoformat() if s.until else None] for s in secrets]
    return sealer.seal_json(kept, _where(hook_id))


def _where(hook_id: UUID) -> str:
    return f"webhooks:{hook_id}:secrets"
