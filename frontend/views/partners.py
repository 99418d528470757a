"""Other systems that call, and their keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend.forms.form import Option
from frontend.views.marks import Mark, mark
from frontend.views.reading import code, items, number, text
from frontend.views.times import moment


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One public key or secret."""

    id: str
    kid: str
    algorithm: str
    begins: str
    ends: str
    state: str
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One client in the list and atop its own page."""

    id: str
    url: str
    name: str
    kind: str
    union: str
    state: Mark
    actions: list[str]
    scopes: list[Option]
    allow_list: str
    limits: str
    proof: str
    made: str
    contact: str
    keys: list[KeyRow]


def partner_row(item: Mapping[str, Any]) -> PartnerRow:
    """A client as it is listed, or with its keys as it is shown."""
    actions = [str(action) for action in items(item, "actions")]
    contact = (text(item, "contact", "masked_name"), text(item, "contact", "masked_phone"))
    return PartnerRow(
        id=text(item, "id"),
        url=f"/clients/{text(item, 'id')}",
        name=text(item, "name"),
        kind=text(item, "kind"),
        union=text(item, "union"),
        state=mark(code(item, "state"), _label(item)),
        actions=actions,
        scopes=[Option(text(one, "scope"), text(one, "label")) for one in items(item, "scopes")],
        allow_list="、".join(str(one) for one in items(item, "allow_list")) or "不限",
        limits=f"每分钟 {number(item, 'per_minute')} 次，同时 {number(item, 'concurrent')} 个",
        proof="令牌和签名" if item.get("requires_signature") else "令牌或签名",
        made=moment(text(item, "created_at")),
        contact=" ".join(part for part in contact if part),
        keys=[_key(one, "revoke-key" in actions) for one in items(item, "keys")],
    )


def _key(item: Mapping[str, Any], may_revoke: bool) -> KeyRow:
    revoked, good = text(item, "revoked_at"), bool(item.get("is_good"))
    return KeyRow(
        id=text(item, "id"),
        kid=text(item, "kid"),
        algorithm=text(item, "algorithm"),
        begins=moment(text(item, "not_before")),
        ends=moment(text(item, "expires_at")) or "一直有效",
        state="已吊销" if revoked else "有效" if good else "不在有效期",
        may_revoke=may_revoke and not revoked,
    )


def _label(item: Mapping[str, Any]) -> str:
    return "可用" if code(item, "state") == "active" else text(item, "state_label")
