"""The rows that a fact leaves behind: itself, and one for each who is to hear it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Select,
    Text,
    any_,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.data.tables import ChassisTables

# Hears in place of the clients' hooks; the relay hands it what it is due without any post.
HOOKS = "webhooks"


def telling(
    tables: ChassisTables, fact: Mapping[str, Any], hearers: Sequence[str], channel: str
) -> Select[Any]:
    """One statement: the fact, its deliveries, and the relay's wake-up when there are any.

    A hook's row is written only where somebody asked for the topic, so that a fact that nobody
    outside wants costs nothing more than itself.
    """
    outbox, deliveries, hooks = tables.outbox, tables.deliveries, tables.webhooks
    told = insert(outbox).values(dict(fact)).returning(outbox.c.seq).cte("told")
    known = func.unnest(literal(list(hearers), ARRAY(Text))).table_valued("hearer").render_derived()
    names: list[Select[Any]] = [select(known.c.hearer)]
    if fact["union_id"] is not None:
        wanted = select(hooks.c.id).where(
            literal(fact["topic"]) == any_(hooks.c.topics), hooks.c.state != "disabled"
        )
        names.append(select(literal(HOOKS, Text)).where(wanted.exists()))
    hearer = union_all(*names).subquery("hearers")
    rows = select(
        told.c.seq,
        hearer.c.hearer,
        bindparam("to_subject", fact["subject"], deliveries.c.subject.type),
        bindparam("from_then", fact["occurred_at"], deliveries.c.due_at.type),
    ).select_from(told.join(hearer, literal_column("true")))
    columns = ["event_seq", "hearer", "subject", "due_at"]
    due = insert(deliveries).from_select(columns, rows).returning(deliveries.c.event_seq).cte("due")
    ring = select(func.pg_notify(channel, "")).where(select(due.c.event_seq).exists())
    return select(told.c.seq, ring.scalar_subquery())
