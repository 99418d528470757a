"""The one place that reads the clock; everything else is handed the instant."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """This instant, aware, in UTC (T-07)."""
    return datetime.now(UTC)
