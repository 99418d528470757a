"""Changing one's password: the old one and the second factor first."""

from dataclasses import replace

from frontend.forms.form import Field
from frontend.forms.staff_login import STAFF_LOGIN

_ACCOUNT, _PASSWORD, _CODE = STAFF_LOGIN
PASSWORD = (
    _ACCOUNT,
    replace(_PASSWORD, label="现在的密码"),
    _CODE,
    Field(
        "new_password",
        "新密码",
        "/new_password",
        kind="password",
        hint="12 到 128 个字符。可以用几个不相干的词连成一句，不要用单位名、姓名或生日。",
        is_secret=True,
        autocomplete="new-password",
        max_length=128,
    ),
)
