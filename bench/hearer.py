"""A part that hears facts and does nothing else about them; started by ``bench.p10_events``."""

import os
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from services.chassis.data.inbox import Heard
from services.chassis.data.tx import Tx
from services.chassis.edge.settings import ServiceSettings
from services.chassis.edge.telemetry import configure_logs
from services.chassis.web.app import Service, build
from services.identity.store.tables import CHASSIS

TOPIC = "bench.thing.happened"


async def on_thing_happened(tx: Tx, heard: Heard) -> None:
    """Hearing is all: the inbox row is written around this."""


def settings(part: str, url: str, home: Path) -> ServiceSettings:
    keys = home / "keys"
    return ServiceSettings(
        mode="local",
        private_key=keys / f"{part}.jwk",
        trust=keys / "trust.jwks",
        database_url=url,
        keys=keys / "kek.json",
        data_dir=home / part,
        webhook_secret_file=keys / "webhook.secret",
    )


def create_app() -> FastAPI:
    told = settings("identity", os.environ["HEARER_URL"], Path(os.environ["HEARER_HOME"]))
    service = Service(
        name="identity",
        title="hearer",
        tables=CHASSIS,
        routers=(),
        hears={TOPIC: on_thing_happened},
    )
    return build(service, told)


if __name__ == "__main__":
    configure_logs("identity")
    port = int(os.environ["HEARER_PORT"])
    uvicorn.run(create_app(), host="127.0.0.1", port=port, log_level="error", access_log=False)
