"""Settings that every deployable has; each reads its own prefix from the environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class DeployableSettings(BaseSettings):
    """What gateway, frontend and every service need to start."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    # "local" opens the loopback-only helpers of a developer's or demonstration machine.
    mode: Literal["local", "production"] = "production"
    # This part's own Ed25519 key (a JWK file), with which it signs assertions.
    private_key: Path
    # The public keys of all parts (a JWKS file; ``kid`` is the part's name).
    trust: Path
    # The one origin that people and machines see.
    public_url: str = "http://localhost:8000"
    # The least important lines that the log takes.
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class ServiceSettings(DeployableSettings):
    """What a service needs besides: its database, its keys, its neighbours."""

    # The application role's log-in: ``postgresql+asyncpg://…``; it may neither DDL nor edit audit.
    database_url: str
    # Key-encryption keys: ``{"active": id, "keys": {id: base64}}``; or a key service instead.
    keys: Path | None = None
    key_service_url: str | None = None
    key_service_token_file: Path | None = None
    # Seconds after which a silent key service counts as dead.
    key_service_timeout: float = 5.0
    # The owner's log-in; only the change of the blind index's key uses it.
    migration_url: str | None = None
    # Seconds between two looks for new data keys; the same for all processes of a service.
    key_poll: float = 2.0
    # How new data keys seal and index (国密: sm4-gcm, hmac-sm3); what is there stays as it is
    # until the next rotation.
    seal_algorithm: Literal["aes-256-gcm", "sm4-gcm"] = "aes-256-gcm"
    blind_algorithm: Literal["hmac-sha256", "hmac-sm3"] = "hmac-sha256"
    # Where uploads and generated files are kept.
    data_dir: Path
    # Who can hear events: part name -> base URL.
    hearers: dict[str, str] = Field(default_factory=dict)
    # Where assertions are exchanged for ones that a peer takes.
    identity_url: str = "http://127.0.0.1:8002"
    # Secrets that sign events, oldest last (one ``whsec_…`` a line; two while they rotate).
    webhook_secret_file: Path
    # Networks inside that clients' webhooks may reach, such as ["127.0.0.0/8"]; local runs only.
    webhook_allowed: tuple[str, ...] = ()
    # Connections of the writing engine; the reading engine has as many.
    pool_size: int = 5
    # Seconds between looks of the background loops when nothing wakes them.
    loop_pause: float = 0.5
