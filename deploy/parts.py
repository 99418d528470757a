"""The parts of the platform: what runs, where it answers and what it is told."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from deploy.addresses import SERVICES, Database
from deploy.site import Site

Environment = dict[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One process: an application with a port, or a worker without."""

    name: str
    holder: str  # whose settings it reads and whose key it signs with
    module: str  # with `create_app` of an application, or `work` of a worker
    step: int | None = None  # its port, counted from the gateway's
    server: str = ""  # the module with its `server_options`, where it has any

    @property
    def is_service(self) -> bool:
        return self.holder in SERVICES


HANDED_ON = ("PATH", "HOME", "LANG", "LC_", "TZ", "TMPDIR", "PYTHON", "SSL_CERT", "MALLOC_")

# In the order in which they start; they stop in the opposite one.
# fmt: off
PARTS = (
    Part("identity",          "identity",   "services.identity.app",      2),
    Part("membership",        "membership", "services.membership.app",    3),
    Part("membership-worker", "membership", "services.membership.worker"),
    Part("frontend",          "frontend",   "frontend.app",               1),
    Part("gateway",           "gateway",    "gateway.app",                0, "gateway.wire"),
)
# fmt: on


def port(part: Part, site: Site) -> int | None:
    return None if part.step is None else site.port + part.step


def host(part: Part, site: Site) -> str:
    """Only the gateway answers other machines, unless each part has a container of its own."""
    apart = os.environ.get("NIANGJIA_LISTEN")
    if apart:
        return apart
    return site.host if part.step == 0 else "127.0.0.1"


def address(part: Part, site: Site) -> str | None:
    if part.step == 0:
        return site.url
    return None if part.step is None else f"http://127.0.0.1:{port(part, site)}"


def command(part: Part) -> list[str]:
    if part.step is None:
        return [sys.executable, "-m", part.module]
    return [sys.executable, "-m", "deploy.host", part.name]


def base_environment() -> Environment:
    """What any process needs; the administrator's log-in into the database is not among it."""
    return {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}


def environment(part: Part, site: Site, database: Database) -> Environment:
    """What only this part is told; a variable that is set already is left as it is."""
    told = SPECIAL.get(part.holder, _service)(part, site, database)
    shared = {
        "MODE": "local",
        "PRIVATE_KEY": str(site.keys / f"{part.holder}.jwk"),
        "TRUST": str(site.keys / "trust.jwks"),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or site.url,
    }
    prefix = part.holder.upper()
    named = {f"{prefix}_{name}": value for name, value in {**shared, **told}.items()}
    given = {name: value for name, value in os.environ.items() if name.startswith(f"{prefix}_")}
    where = {"NIANGJIA_HOME": str(site.home), "HOST": site.host, "PORT": str(site.port)}
    return {**base_environment(), **where, **named, **given}


def everything(site: Site, database: Database) -> Environment:
    """All parts' environments in one, for a process that hosts them all."""
    return {
        name: value for part in PARTS for name, value in environment(part, site, database).items()
    }


def _service(part: Part, site: Site, database: Database) -> Environment:
    services = {one.name: address(one, site) for one in PARTS if one.name in SERVICES}
    files = site.home / "files" / part.holder
    return {
        "DATABASE_URL": database.url(part.holder),
        "KEYS": str(site.keys / "kek.json"),
        "DATA_DIR": str(files),
        "HEARERS": json.dumps({name: url for name, url in services.items() if name != part.holder}),
        "IDENTITY_URL": str(services["identity"]),
        "WEBHOOK_SECRET_FILE": str(site.keys / "webhook.secret"),
    }


def _gateway(part: Part, site: Site, database: Database) -> Environment:
    routed = {one.name: address(one, site) for one in PARTS if one.step}
    return {"SERVICES": json.dumps(routed), "IDENTITY_URL": str(routed["identity"])}


def _frontend(part: Part, site: Site, database: Database) -> Environment:
    return {"GATEWAY_URL": site.url, "PAGE_SECRET": str(site.keys / "pages.secret")}


SPECIAL: dict[str, Callable[[Part, Site, Database], Environment]] = {
    "gateway": _gateway,
    "frontend": _frontend,
}
