"""Account, password and second factor."""

from frontend.forms.form import Field

STAFF_LOGIN = (
    Field("account", "账号", "/account", autocomplete="username", max_length=60),
    Field(
        "password",
        "密码",
        "/password",
        kind="password",
        is_secret=True,
        autocomplete="current-password",
        max_length=128,
    ),
    Field(
        "code",
        "动态验证码",
        "/code",
        hint="打开手机上的验证器，填写当前的 6 位数字。",
        is_secret=True,
        autocomplete="one-time-code",
        inputmode="numeric",
        max_length=6,
        width="short",
    ),
)
