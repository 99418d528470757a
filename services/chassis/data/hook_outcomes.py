"""What an attempt leads to: done, again later, given up; the hook rests, is warned, is disabled."""

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, update

from services.chassis.data.hook_queue import Waiting, keep_attempt, lock_hook
from services.chassis.data.hooks import UNTROUBLED
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.hooks import (
    BUSY,
    DISABLE_AFTER,
    GONE,
    KEPT,
    WARN_AFTER,
    DeliveryState,
    Heard,
    HookState,
    next_attempt,
    rest,
)


async def note(
    store: Store, waiting: Waiting, headers: Mapping[str, str], body: bytes, heard: Heard
) -> None:
    """Write the attempt down and what follows from it, in one transaction."""
    async with store.begin() as tx:
        hook = await lock_hook(tx, waiting.hook.id)
        if hook is None:
            return  # deleted meanwhile, and its log with it
        await keep_attempt(
            tx,
            waiting,
            number=waiting.attempts + 1,
            url=waiting.hook.url,
            request_headers=dict(headers),
            request_body=body.decode(),
            status=heard.status,
            answer=heard.answer,
            error=heard.error,
            duration_ms=heard.duration_ms,
        )
        await _mark(tx, waiting, heard)
        if heard.is_taken:
            await _recovered(tx, hook)
        else:
            await _failed(tx, hook, heard)


async def _mark(tx: Tx, waiting: Waiting, heard: Heard) -> None:
    due = tx.store.tables.webhook_deliveries
    values: dict[str, Any] = {
        "attempts": waiting.attempts + 1,
        "leased_until": None,
        "last_status": heard.status,
        "last_error": heard.error,
    }
    if heard.is_taken:
        values |= {"state": DeliveryState.DELIVERED, "finished_at": tx.now}
    else:
        spread = random.uniform(0, 1)  # noqa: S311 -- spreads retries, protects nothing
        again = next_attempt(waiting.attempts + 1, tx.now, spread)
        if again is None:
            values |= {"state": DeliveryState.DEAD, "finished_at": tx.now}
        else:
            values |= {"due_at": again}
    await tx.session.execute(update(due).where(due.c.id == waiting.id).values(values))


async def _recovered(tx: Tx, hook: Row[Any]) -> None:
    if hook.failing_since is None and hook.resting_until is None:
        return
    if hook.warned_at is not None:
        await tx.record("webhook.recovered", "webhook", hook.id, union_path=hook.union_path)
    calm = {name: UNTROUBLED[name] for name in ("failing_since", "warned_at", "resting_until")}
    await _write(tx, hook, calm)


async def _failed(tx: Tx, hook: Row[Any], heard: Heard) -> None:
    since = hook.failing_since or tx.now
    values: dict[str, Any] = {"failing_since": since}
    if heard.status in BUSY:
        values |= {"resting_until": rest(heard.retry_after, tx.now)}
    if hook.state == HookState.DISABLED:
        return
    if heard.status == GONE:
        values |= await _disable(tx, hook, "gone")
    elif tx.now - since >= DISABLE_AFTER:
        values |= await _disable(tx, hook, "failing")
    elif tx.now - since >= WARN_AFTER and hook.warned_at is None:
        values |= {"warned_at": tx.now}
        await tx.record(
            "webhook.warned",
            "webhook",
            hook.id,
            union_path=hook.union_path,
            reason="failing",
            failing_since=since,
            disabled_at=since + DISABLE_AFTER,
        )
    await _write(tx, hook, values)


async def _disable(tx: Tx, hook: Row[Any], reason: str) -> dict[str, Any]:
    await tx.record(
        "webhook.disabled",
        "webhook",
        hook.id,
        union_path=hook.union_path,
        before=hook.state,
        after=HookState.DISABLED,
        reason=reason,
    )
    return {"state": HookState.DISABLED, "disabled_reason": reason, "disabled_at": tx.now}


async def _write(tx: Tx, hook: Row[Any], values: Mapping[str, Any]) -> None:
    hooks = tx.store.tables.webhooks
    await tx.session.execute(update(hooks).where(hooks.c.id == hook.id).values(dict(values)))


async def forget_attempts(tx: Tx) -> None:
    """Delete the log that is older than its stated time, and what has long been told."""
    attempts, due = tx.store.tables.webhook_attempts, tx.store.tables.webhook_deliveries
    before = tx.now - KEPT
    await tx.session.execute(delete(attempts).where(attempts.c.at < before))
    over = due.c.state != DeliveryState.WAITING
    await tx.session.execute(delete(due).where(due.c.created_at < before, over))
