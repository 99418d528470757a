"""A new account's first steps: prove the code, then choose a password and a second factor."""

from frontend.forms.form import Field

FIRST = (
    Field("account", "账号", "/account", autocomplete="username", max_length=60),
    Field(
        "activation_code",
        "激活码",
        "/activation_code",
        hint="管理员建立账号时交给您的一次性激活码。",
        is_secret=False,
        max_length=80,
    ),
)
SECOND = (
    *FIRST,
    Field(
        "password",
        "设置密码",
        "/password",
        kind="password",
        hint="12 到 128 个字符。可以用几个不相干的词连成一句，不要用单位名、姓名或生日。",
        is_secret=True,
        autocomplete="new-password",
        max_length=128,
    ),
    Field(
        "totp_code",
        "动态验证码",
        "/totp_code",
        hint="用验证器扫描左边的二维码以后，填写它显示的 6 位数字。",
        is_secret=True,
        autocomplete="one-time-code",
        inputmode="numeric",
        max_length=6,
        width="short",
    ),
)
