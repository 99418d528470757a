"""The ways in which identity says no; each is one answer, whatever the reason behind it."""

from uuid import UUID

from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Conflict, Forbidden, Unauthenticated


class LogInRefused(Unauthenticated):
    """Account, password, code, lock or state: from outside they all look the same (AUTH-02)."""

    code = "log-in-refused"
    title = "登录没有成功"

    def __init__(self) -> None:
        super().__init__(
            "账号、密码或动态码不正确，或账号暂时不能登录。请核对后重试；"
            "连续多次失败会暂时锁定，可联系本级工会的管理员解锁。"
        )


class CodeRefused(Unauthenticated):
    code = "code-refused"
    title = "验证码没有通过"

    def __init__(self) -> None:
        super().__init__("验证码不正确或已经失效，请核对短信内容，或重新获取验证码。")


class ActivationRefused(Unauthenticated):
    code = "activation-refused"
    title = "激活没有成功"

    def __init__(self) -> None:
        super().__init__("账号或激活码不正确，或激活码已经失效，请核对，或请管理员重新发放。")


class SessionEnded(Unauthenticated):
    code = "session-ended"
    title = "登录已结束"

    def __init__(self) -> None:
        super().__init__("登录已结束或长时间没有操作，请重新登录。")


class PasswordExpired(Forbidden):
    code = "password-expired"
    title = "密码需要更换"

    def __init__(self, days: int) -> None:
        super().__init__(f"密码已超过 {days} 天没有更换，请先设置新密码再登录。")


class IncompatibleRoles(Conflict):
    code = "incompatible-roles"
    title = "角色不能兼任"


def refuse_own(actor: Actor, account_id: UUID) -> None:
    """Nobody decides on themselves (AUTHZ-07)."""
    if actor.id == account_id:
        raise Forbidden("不能办理自己的账号或授权，请由另一位同事办理。")
