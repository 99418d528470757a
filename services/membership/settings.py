"""Settings of the membership service, read from ``MEMBERSHIP_…``."""

from pydantic_settings import SettingsConfigDict

from services.chassis.edge.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="MEMBERSHIP_", extra="ignore", frozen=True)
