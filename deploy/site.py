"""Where one local run keeps its things and where it answers."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from deploy.account import reaches, unprivileged
from deploy.addresses import ROOT
from deploy.voice import Trouble

ELSEWHERE = Path("/var/lib/niangjia")


@dataclass(frozen=True, slots=True)
class Site:
    """A folder, an address, and whether all parts share one process."""

    home: Path
    host: str
    port: int  # of the gateway; the other parts follow it
    small: bool
    database: str

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def passwords(self) -> Path:
        return self.home / "passwords.json"

    @property
    def postgres(self) -> Path:
        """Inside the home, unless the account that runs PostgreSQL cannot get there."""
        account = unprivileged()
        if reaches(account, self.home):
            return self.home / "postgres"
        return ELSEWHERE / hashlib.sha256(str(self.home).encode()).hexdigest()[:16]

    @property
    def reachable_host(self) -> str:
        """Where the gateway is spoken to from this machine."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  compared, not bound

    @property
    def url(self) -> str:
        host = self.reachable_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def open_site() -> Site:
    home = Path(os.environ.get("NIANGJIA_HOME") or ROOT / ".local").absolute()
    for folder, mode in ((home, 0o711), (home / "log", 0o700), (home / "files", 0o700)):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    return Site(
        home=home,
        host=os.environ.get("HOST") or "127.0.0.1",
        port=_port(os.environ.get("PORT") or "8000"),
        small=os.environ.get("SMALL", "0") not in ("", "0"),
        database=os.environ.get("NIANGJIA_DATABASE") or "niangjia",
    )


def _port(given: str) -> int:
    if given.isascii() and given.isdigit() and 1 <= int(given) <= 65000:
        return int(given)
    raise Trouble(f"PORT={given} 不是端口号 is no port number: use one from 1 to 65000.")
