"""Whoever looks after accounts searches them by name; the search is audited."""

from typing import Any

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.store import accounts

MOST = 50


async def search_accounts(actor: Actor, tx: Tx, text: str) -> Any:
    """The words that were searched for are not kept: they may be a person's name."""
    actor.require(*accounts.OVERSEERS)
    rows = await accounts.found(actor, tx, text, MOST)
    await tx.record("account.searched", "account", None, found=len(rows))
    return rows
