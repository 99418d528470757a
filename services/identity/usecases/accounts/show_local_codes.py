"""On a demonstration machine, the authenticators of the demonstration accounts are on a page."""

from typing import Any

from services.chassis.data.read import Read
from services.identity.domain.second_factor import current_code
from services.identity.store import accounts


async def show_local_codes(read: Read) -> list[dict[str, Any]]:
    """Only accounts that were made for demonstration; a real one never is."""
    shown = []
    for row in await accounts.demonstration(read):
        secret = read.store.sealer.open(row.totp_sealed, accounts.totp_place(row.id)).decode()
        code = current_code(secret, read.now)
        shown.append({"account": row.account, "name": row.name, "code": code})
    return shown
