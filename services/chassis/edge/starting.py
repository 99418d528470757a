"""How a deployable begins when nobody hands it settings: as a process of its own."""

from typing import TypeVar

from services.chassis.edge.settings import DeployableSettings
from services.chassis.edge.telemetry import configure_logs

S = TypeVar("S", bound=DeployableSettings)


def from_environment(settings: type[S], part: str) -> S:
    """The settings that the environment holds; logs go where such a process logs."""
    found = settings()
    configure_logs(part, found.log_level)
    return found
