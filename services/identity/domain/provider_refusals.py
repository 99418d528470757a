"""The ways in which a log-in through an identity provider is refused."""

from services.chassis.kernel.refusals import Conflict, Forbidden, NotFound, Unavailable
from services.chassis.kernel.refusals import Unauthenticated as NotLoggedIn

INSTEAD = "请用账号、密码和动态码登录。"


class ProviderRefused(NotLoggedIn):
    """A wrong answer, a forged one, one that came twice or too late: all look the same."""

    code = "provider-refused"
    title = "统一身份认证没有通过"

    def __init__(self) -> None:
        super().__init__(f"统一身份认证没有通过或已经超时，请重新开始，或者{INSTEAD}")


class SubjectUnknown(Forbidden):
    code = "subject-unknown"
    title = "还没有关联账号"

    def __init__(self) -> None:
        super().__init__(
            "您已通过统一身份认证，但还没有关联本系统的账号。请先用账号、密码和动态码登录，"
            "在“我的登录”里关联，或者请本级工会的管理员登记。"
        )


class AssuranceTooLow(Forbidden):
    code = "assurance-too-low"
    title = "实名核验等级不够"

    def __init__(self) -> None:
        super().__init__(f"您在统一身份认证的实名核验等级不够，请先在那里提高等级，或者{INSTEAD}")


class SubjectTaken(Conflict):
    code = "subject-taken"
    title = "已经关联别的账号"

    def __init__(self) -> None:
        super().__init__("这个统一身份认证身份已经关联了另一个账号，请联系管理员核对。")


class ProviderUnavailable(Unavailable):
    code = "provider-unavailable"
    title = "统一身份认证连不上"

    def __init__(self) -> None:
        super().__init__(f"统一身份认证暂时连不上，{INSTEAD}", retry_after=30)


class NoProvider(NotFound):
    code = "no-provider"
    title = "没有启用"

    def __init__(self) -> None:
        super().__init__(f"这里没有启用统一身份认证，{INSTEAD}")
