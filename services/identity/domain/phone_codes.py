"""When a phone code is sent, and when it is good."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from services.chassis.kernel.refusals import TooMany
from services.identity.domain.policy import Policy

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class CodeSender(Protocol):
    """Whoever delivers a code to a phone."""

    async def send(self, phone: str, code: str) -> None:
        """Deliver, or raise Unavailable; a code is never logged."""


def refuse_if_too_often(
    policy: Policy, now: datetime, to_phone: Sequence[datetime], from_address: int
) -> None:
    """Refuse when this phone had a code a moment ago, or too many today, or its address too many.

    It depends only on what was asked for before, never on who holds the phone.
    """
    recent = [sent for sent in to_phone if now - sent < DAY]
    if recent and now - max(recent) < policy.code_pause:
        wait = _seconds(max(recent) + policy.code_pause - now)
        raise TooMany(f"验证码刚刚发送过，请在 {wait} 秒后再试。", retry_after=wait)
    if len(recent) >= policy.codes_per_phone_a_day:
        wait = _seconds(min(recent) + DAY - now)
        raise TooMany(
            "今天获取验证码的次数已用完，请明天再试，或到就近的工会服务站点办理。", retry_after=wait
        )
    if from_address >= policy.codes_per_address_an_hour:
        raise TooMany("当前网络获取验证码过于频繁，请一小时后再试。", retry_after=_seconds(HOUR))


def _seconds(wait: timedelta) -> int:
    return max(1, int(wait.total_seconds()) + 1)
