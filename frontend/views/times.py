"""Instants and days as people in an office write them; local time is Shanghai's (T-07)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.chassis.kernel.clock import utc_now

SHANGHAI = ZoneInfo("Asia/Shanghai")


def instant(text: str | None) -> datetime | None:
    """The API's instant, in Shanghai."""
    if not text:
        return None
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(SHANGHAI)


def moment(text: str | None, now: datetime | None = None) -> str:
    """``今天 14:02``, ``昨天 17:30``, ``11月20日 09:15``, ``2025年3月2日 08:00``."""
    at = instant(text)
    if at is None:
        return ""
    if now is None:
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    return f"{near_day(at.date(), now.astimezone(SHANGHAI).date())} {at:%H:%M}"


def day(text: str | None) -> str:
    """``2026年11月21日``; what is no date stays as it came."""
    if not text:
        return ""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{found.year}年{found.month}月{found.day}日"


def month(text: str) -> str:
    """``1998年3月`` out of ``1998-03``; the day of birth stays sealed."""
    year, _, number = text.partition("-")
    return f"{year}年{int(number)}月" if number.isdigit() else text


def near_day(one: date, today: date) -> str:
    """A day as it is said today."""
    words = {0: "今天", -1: "昨天", 1: "明天"}
    distance = (one - today) // timedelta(days=1)
    if distance in words:
        return words[distance]
    if one.year == today.year:
        return f"{one.month}月{one.day}日"
    return f"{one.year}年{one.month}月{one.day}日"


def today() -> date:
    """The day it is in the offices."""
    return utc_now().astimezone(SHANGHAI).date()


def parsed_day(text: str) -> date | None:
    """The day that was typed or picked, if it is one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
