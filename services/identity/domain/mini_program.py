"""Somebody opens the mini-program: what its platform says about them, and how it refuses."""

from dataclasses import dataclass
from typing import Protocol

from services.chassis.kernel.refusals import (
    Conflict,
    Forbidden,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)

BY_PHONE = "也可以用手机验证码登录。"


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opened it: known to this mini-program (``openid``) and to its operator (``unionid``)."""

    openid: str
    unionid: str | None = None

    def __repr__(self) -> str:
        return "Opener()"


class MiniProgram(Protocol):
    """The platform on which the mini-program runs; each code is good once."""

    async def identify(self, code: str) -> Opener:
        """Whom a log-in code speaks for."""

    async def phone_of(self, code: str) -> str:
        """The verified phone that the person agreed to hand over."""


class MiniProgramRefused(Unauthenticated):
    code = "mini-program-refused"
    title = "小程序登录没有通过"

    def __init__(self) -> None:
        super().__init__(f"小程序登录凭证无效或已经用过，请退出小程序重新打开，{BY_PHONE}")


class MiniProgramBlocked(Forbidden):
    code = "mini-program-blocked"
    title = "小程序登录被限制"

    def __init__(self) -> None:
        super().__init__(f"微信判断这个账号有风险，暂时不能用小程序登录，{BY_PHONE}")


class MiniProgramBusy(TooMany):
    code = "mini-program-busy"
    title = "小程序登录太频繁"

    def __init__(self) -> None:
        super().__init__(f"小程序登录太频繁，请一分钟后再试，{BY_PHONE}", retry_after=60)


class MiniProgramUnavailable(Unavailable):
    code = "mini-program-unavailable"
    title = "小程序登录连不上"

    def __init__(self) -> None:
        super().__init__(f"小程序登录暂时连不上，请稍后再试，{BY_PHONE}", retry_after=10)


class PhoneNeeded(Conflict):
    code = "phone-needed"
    title = "需要授权手机号"

    def __init__(self) -> None:
        super().__init__(f"第一次使用请授权手机号，再登录一次，{BY_PHONE}")


class PhoneForeign(Conflict):
    code = "phone-foreign"
    title = "手机号不能使用"

    def __init__(self) -> None:
        super().__init__("只支持中国内地的手机号，请换一个手机号授权。")


class NoMiniProgram(NotFound):
    code = "no-mini-program"
    title = "没有启用"

    def __init__(self) -> None:
        super().__init__("这里没有启用小程序登录，请用手机验证码登录。")
