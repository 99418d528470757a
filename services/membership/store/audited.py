"""Reading personal data writes its audit row in the same statement (PII-05): no row, no data."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert

from services.chassis.data.read import Read
from services.chassis.data.tx import Tx, plain


def audited(
    read: Read | Tx,
    query: Select[Any],
    action: str,
    subject_kind: str,
    subject: UUID | None = None,
    *,
    reason: str = "",
    **details: object,
) -> Select[Any]:
    """The query with an insert into the audit in front of it."""
    values = read.audit_values(action, subject_kind, subject) | {
        "reason": reason,
        "details": {name: plain(value) for name, value in details.items()},
    }
    row = insert(read.store.tables.audit).values(values)
    return query.add_cte(row.cte("audited"))
