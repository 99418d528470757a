"""Staff accounts and what was granted to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from frontend.views.marks import Mark, mark
from frontend.views.reading import code, items, text
from frontend.views.times import day, moment


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in the list and atop its own page."""

    id: str
    url: str
    account: str
    name: str
    phone: str
    union: str
    state: Mark
    actions: list[str]
    made: str
    locked_until: str
    code_expires: str

    @property
    def may_change(self) -> bool:
        """Whether its page has a button to suspend, resume or close it."""
        return not {"resume", "suspend", "close"}.isdisjoint(self.actions)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One role at one union."""

    id: str
    union: str
    role: str
    expires: str
    granted: str
    is_over: bool


def account_row(item: Mapping[str, Any]) -> AccountRow:
    """An account as it is listed."""
    return AccountRow(
        id=text(item, "id"),
        url=f"/accounts/{text(item, 'id')}",
        account=text(item, "account"),
        name=text(item, "name"),
        phone=text(item, "masked_phone"),
        union=text(item, "union"),
        state=mark(code(item, "state"), _label(item)),
        actions=[str(action) for action in items(item, "actions")],
        made=moment(text(item, "created_at")),
        locked_until=moment(text(item, "locked_until")),
        code_expires=moment(text(item, "activation_expires_at")),
    )


def grant_row(item: Mapping[str, Any], today: date) -> GrantRow:
    """A grant; one that has run out says so."""
    expires = text(item, "expires_on")
    is_over = bool(expires) and date.fromisoformat(expires) < today
    return GrantRow(
        id=text(item, "id"),
        union=text(item, "union"),
        role=text(item, "role"),
        expires=day(expires) or "一直有效",
        granted=moment(text(item, "granted_at")),
        is_over=is_over,
    )


def _label(item: Mapping[str, Any]) -> str:
    return "可用" if code(item, "state") == "active" else text(item, "state_label")
