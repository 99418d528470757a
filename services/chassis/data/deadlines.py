"""When a deadline falls due, the service looks again and decides."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from services.chassis.data.tx import Store, Tx

Handler = Callable[[Tx, UUID], Awaitable[None]]
LONGEST_PAUSE = timedelta(hours=1)


async def fire_one(store: Store, handlers: Mapping[str, Handler]) -> bool:
    """Handle the longest overdue deadline; return False when none is due.

    A handler that fails rolls back alone; its deadline is put off (a minute, then longer), so
    that it cannot hold up the others, and the failure is raised for the loop to log.
    """
    async with store.begin() as tx:
        deadlines = store.tables.deadlines
        query = (
            select(deadlines)
            .where(deadlines.c.due_at <= tx.now, deadlines.c.kind.in_(list(handlers)))
            .order_by(deadlines.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        due = (await tx.session.execute(query)).mappings().first()
        if due is None:
            return False
        this = (deadlines.c.subject == due["subject"]) & (deadlines.c.kind == due["kind"])
        failure: Exception | None = None
        try:
            async with tx.session.begin_nested():
                await handlers[due["kind"]](tx, due["subject"])
                # The handler may have set its own deadline anew; that one stays.
                fired = this & (deadlines.c.due_at <= tx.now)
                await tx.session.execute(delete(deadlines).where(fired))
        except Exception as error:
            failure = error
            attempts = due["attempts"] + 1
            pause = min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_PAUSE)
            later = update(deadlines).where(this)
            await tx.session.execute(later.values(attempts=attempts, due_at=tx.now + pause))
    if failure is not None:
        raise failure
    return True
