"""Which services there are, and how each logs in to the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("identity", "membership")
ROLES = tuple(f"{service}_{kind}" for service in SERVICES for kind in ("owner", "app"))


@dataclass(frozen=True, slots=True)
class Database:
    """The addresses of one prepared database."""

    admin_url: str
    passwords: Mapping[str, str]

    def url(self, service: str) -> str:
        return self._as(f"{service}_app", "postgresql+asyncpg")

    def migration_url(self, service: str) -> str:
        return self._as(f"{service}_owner", "postgresql+psycopg")

    def _as(self, role: str, scheme: str) -> str:
        parts = urlsplit(self.admin_url)
        host = parts.netloc.rpartition("@")[2]
        login = f"{role}:{quote(self.passwords[role], safe='')}"
        return urlunsplit(parts._replace(scheme=scheme, netloc=f"{login}@{host}"))


def named(admin_url: str, name: str) -> str:
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))
