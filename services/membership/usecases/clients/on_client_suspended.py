"""Identity suspended a client: its hooks here stop too."""

from services.chassis.data import hooks
from services.chassis.data.inbox import Heard
from services.chassis.data.tx import Tx


async def on_client_suspended(tx: Tx, heard: Heard) -> None:
    """They stay stopped when the client is let in again, until it resumes them."""
    await hooks.stop_client(tx, str(heard.subject))
