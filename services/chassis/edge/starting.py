"""How a deployable begins when nobody hands it settings: as a process of its own."""

import re
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import SettingsError

from services.chassis.edge.settings import DeployableSettings
from services.chassis.edge.telemetry import configure_logs

S = TypeVar("S", bound=DeployableSettings)


def from_environment(settings: type[S], part: str) -> S:
    """The settings that the environment holds; logs go where such a process logs.

    What is missing or wrong is named in one sentence, without what was given: it may be a secret.
    """
    try:
        found = settings()
    except (ValidationError, SettingsError) as error:
        prefix = str(settings.model_config.get("env_prefix", ""))
        names = ", ".join(f"{prefix}{name}".upper() for name in dict.fromkeys(_named(error)))
        raise SystemExit(
            f"{part}：这些设置缺少或不对 settings are missing or wrong: {names} (docs/settings.md)"
        ) from None
    configure_logs(part, found.log_level)
    return found


def _named(error: ValidationError | SettingsError) -> list[str]:
    """The fields that an error is about."""
    if isinstance(error, ValidationError):
        return [str(one["loc"][0]) for one in error.errors() if one["loc"]]
    return re.findall(r'field "(\w+)"', str(error))
