"""Going through the identity provider: our own one-time code, and the proof before linking."""

from dataclasses import replace

from frontend.forms.form import Field
from frontend.forms.staff_login import STAFF_LOGIN

_ACCOUNT, _PASSWORD, _CODE = STAFF_LOGIN
CODE = (_CODE,)
PROOF = (replace(_PASSWORD, label="现在的密码"), _CODE)
SUBJECT = (
    Field(
        "subject",
        "身份标识",
        "/subject",
        hint="由统一身份认证的管理方提供，不是姓名、手机号或身份证号。",
        max_length=255,
        width="medium",
    ),
)
