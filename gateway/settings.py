"""What the gateway needs to start."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.edge.settings import DeployableSettings


class Settings(DeployableSettings):
    """Read from ``GATEWAY_…``; the shared fields are described at their base."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore", frozen=True)

    # Part name -> base URL, the frontend included; a part that is not here is not routed.
    services: dict[str, str]
    # Where sessions are exchanged, revocations asked for and refusals reported.
    identity_url: str = "http://127.0.0.1:8002"
    # Networks of TLS terminators in front of us, whose X-Forwarded-For is believed.
    trusted_proxies: tuple[str, ...] = ()
    # Names, besides public_url's and the loopback ones, under which we are called (inner name).
    extra_hosts: tuple[str, ...] = ()
    # The documentation viewer, as the package manager unpacked it.
    swagger_dir: Path = Path("frontend/node_modules/swagger-ui-dist")
    # Multiplies every limit; a load test raises it, an emergency lowers it.
    limits_factor: float = Field(default=1.0, gt=0)
    # Requests under way in this process, and towards one service, before we say "busy".
    max_in_flight: int = 1000
    max_in_flight_per_service: int = 400
    # Seconds that a started body may stall or take, and that open streams may stay silent.
    body_seconds: float = 30.0
    stream_silence_seconds: float = 120.0
    # Seconds between two looks at identity's revocations; what it promises is one second.
    revocation_pause: float = 0.5
    # Seconds between two batches of reported refusals.
    report_pause: float = 5.0
    # How long a merged document is shown before the services are asked again.
    openapi_seconds: float = 60.0
