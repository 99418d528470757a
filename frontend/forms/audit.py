"""What the audit can be narrowed by."""

from frontend.forms.form import Field, Option
from frontend.views.audit import ACTIONS

SERVICES = {"membership": "会员服务", "identity": "账号与登录"}
AUDIT_FILTER = (
    Field(
        "action",
        "事项",
        "/action",
        kind="select",
        options=tuple(Option(key, label) for key, label in ACTIONS.items()),
        is_required=False,
    ),
    Field("subject", "对象编号", "/subject", is_required=False, max_length=36),
    Field("actor", "办理人编号", "/actor", is_required=False, max_length=36),
    Field("since", "从", "/since", kind="date", is_required=False),
    Field("until", "到", "/until", kind="date", is_required=False),
)
