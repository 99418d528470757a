"""Going through the identity provider: our own one-time code, and the proof before linking."""

from dataclasses import replace

from frontend.forms.staff_login import STAFF_LOGIN

_INSTEAD = "请重新开始，或者用账号、密码和动态码登录。"
# What a refusal on the way says where the way began; any other word says nothing.
REFUSED = {
    "provider-refused": f"没有完成统一身份认证，或者已经超时。{_INSTEAD}",
    "provider-unavailable": "统一身份认证暂时连不上，请用账号、密码和动态码登录。",
    "subject-unknown": (
        "您已通过统一身份认证，但还没有关联本系统的账号。请先用账号、密码和动态码登录，"
        "在“我的登录”里关联，或者请本级工会的管理员登记。"
    ),
    "subject-taken": "这个统一身份认证身份已经关联了另一个账号，请联系管理员核对。",
    "assurance-too-low": "您在统一身份认证的实名核验等级不够，请先在那里提高等级。",
}
_ACCOUNT, _PASSWORD, _CODE = STAFF_LOGIN
CODE = (_CODE,)
PROOF = (replace(_PASSWORD, label="现在的密码"), _CODE)
