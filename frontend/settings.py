"""What the frontend needs to start."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from services.chassis.edge.settings import DeployableSettings

HERE = Path(__file__).parent


class Settings(DeployableSettings):
    """Read from ``FRONTEND_…``; the frontend has a key of its own and no other secret."""

    model_config = SettingsConfigDict(env_prefix="FRONTEND_", extra="ignore", frozen=True)

    # Where every fact comes from.
    gateway_url: str = "http://127.0.0.1:8000"
    # The vendored htmx; pages work without it, so a missing file is no reason not to start.
    htmx: Path = HERE / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"
    # Signs forms and small cookies, the same in every process. Without it the part's own key
    # does, and changing that one makes open forms be sent a second time.
    page_secret: Path | None = None
    # Rows on one page of a table.
    rows: int = 40
