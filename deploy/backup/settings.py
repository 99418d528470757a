"""Where a backup comes from and where it goes: the local run, or a production database."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy import cluster
from deploy.addresses import SERVICES, named
from deploy.binaries import Binaries, in_package, on_machine
from deploy.private import make_passwords
from deploy.site import Site, open_site
from deploy.voice import Trouble


class Settings(BaseSettings):
    """Read from ``BACKUP_…``; without any of them the local run is backed up."""

    model_config = SettingsConfigDict(env_prefix="BACKUP_", extra="ignore", frozen=True)

    # 备份放在哪里，应是另一台机器的存储；默认在本地运行目录下的 backup。
    folder: Path | None = None
    # 备份账号的数据库地址 postgresql://…/niangjia，账号需有 REPLICATION 和 pg_read_all_data；
    # 默认备份本地运行的数据库。
    database_url: str | None = None
    # 附件目录，JSON：{"membership": "/var/lib/niangjia/membership"}。
    files: dict[str, Path] = Field(default_factory=dict)
    # 密钥目录；清单只记其指纹，密钥本身绝不与数据放在同一份备份里。
    keys: Path | None = None
    # 基础备份和日志至少保留多少天。
    keep_days: int = Field(default=30, ge=1)
    # 复制槽的名字；归档中断时数据库替它保留日志。
    slot: str = "niangjia_backup"
    # 每隔多少秒记一次行数和审计锚点。
    mark_seconds: float = Field(default=300.0, gt=0)
    # 每隔多少秒复制一次新附件。
    files_seconds: float = Field(default=5.0, gt=0)


@dataclass(frozen=True, slots=True)
class Source:
    """A database that is backed up, and the folder its backups lie in."""

    url: str  # of the database with the services' schemas
    folder: Path
    files: dict[str, Path]
    keys: Path
    slot: str
    settings: Settings

    @property
    def database(self) -> str:
        return urlsplit(self.url).path.lstrip("/")

    def programs(self) -> Binaries:
        """PostgreSQL's own tools, of the server's version or the next: older ones refuse it."""
        with connected(self.url) as connection:
            server = connection.info.server_version // 10000
        fitting = [one for one in (*on_machine(), *in_package()) if one.major >= server]
        if not fitting:
            raise Trouble(f"缺少 PostgreSQL {server} 的程序 its programs are missing here.")
        return min(fitting, key=lambda one: one.major)


def open_source() -> Source:
    settings, site = Settings(), open_site()
    return Source(
        url=settings.database_url or _local_url(site),
        folder=folder_of(settings, site),
        files=settings.files or {name: site.home / "files" / name for name in SERVICES},
        keys=settings.keys or site.keys,
        slot=settings.slot,
        settings=settings,
    )


def folder_of(settings: Settings, site: Site) -> Path:
    return (settings.folder or site.home / "backup").absolute()


def connected(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise Trouble(f"数据库不能用 the database cannot be used: {error}") from error


def _local_url(site: Site) -> str:
    given = os.environ.get("DATABASE_URL")
    if given:
        return named(given, site.database)
    if not (site.postgres / "data").is_dir():
        raise Trouble(f"这里没有数据 there are no data here yet ({site.postgres}): make run.")
    port = cluster.running_port(cluster.open_cluster(site.postgres))
    if port is None:
        raise Trouble("数据库没有运行 the database is not running: start it first (make run).")
    password = make_passwords(site.passwords, [cluster.ADMINISTRATOR])[cluster.ADMINISTRATOR]
    return f"postgresql://{cluster.ADMINISTRATOR}:{password}@127.0.0.1:{port}/{site.database}"
