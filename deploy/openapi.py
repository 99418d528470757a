"""The merged OpenAPI document as the code gives it, without anything running."""

import json
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from deploy.addresses import ROOT, SERVICES
from deploy.compatible import breaks
from deploy.keys import make_keys
from gateway.openapi import merge
from gateway.routes import FRONTEND, Router

PATH = ROOT / "docs" / "openapi.json"


class Broken(Exception):
    """The code takes away what the committed document promised."""


def document() -> dict[str, Any]:
    """What the gateway answers at ``/api/openapi.json`` when every service is up."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder)
        make_keys(keys)
        parts = {service: _of_service(service, keys) for service in SERVICES}
    return merge(parts, Router((*SERVICES, FRONTEND)))


def page() -> str:
    """The text that is committed: sorted, so that it is the same whatever was loaded first."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def refuse_breaks(text: str) -> None:
    """Raise Broken where callers of the committed document would notice, and it does not say so."""
    if not PATH.exists():
        return
    old, new = json.loads(PATH.read_text()), json.loads(text)
    if old["info"]["version"] != new["info"]["version"]:
        return
    if found := breaks(old, new):
        told = "\n".join(found)
        raise Broken(f"raise the version in gateway/openapi.py, or keep what was promised:\n{told}")


def _of_service(service: str, keys: Path) -> dict[str, Any]:
    settings = import_module(f"services.{service}.settings").Settings(
        mode="local",
        database_url="postgresql+asyncpg://nobody@127.0.0.1:1/nothing",
        private_key=keys / f"{service}.jwk",
        trust=keys / "trust.jwks",
        keys=keys / "kek.json",
        webhook_secret_file=keys / "webhook.secret",
        data_dir=keys,
    )
    found: dict[str, Any] = import_module(f"services.{service}.app").create_app(settings).openapi()
    return found
