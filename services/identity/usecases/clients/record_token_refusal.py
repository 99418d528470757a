"""A refused token request is written down with the rule that it broke."""

from services.chassis.data.tx import Tx


async def record_token_refusal(tx: Tx, error: str, why: str) -> None:
    """Whom the caller claims to be is not kept: it was not proven."""
    await tx.record(
        "client.token-refused", "client", None, outcome="refused", reason=error, why=why
    )
