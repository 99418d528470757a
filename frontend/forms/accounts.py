"""A new staff account, a role granted, and why an account is stopped."""

from frontend.forms.form import Field, Option
from services.chassis.kernel.actors import ROLE_LABELS, Role

_ABOUT = {
    Role.CLERK: "登记申请、导入名单",
    Role.REVIEWER: "审核入会申请",
    Role.APPROVER: "审批",
    Role.AUDITOR: "查看审计记录，不能改动任何内容",
    Role.ADMINISTRATOR: "建立账号，看不到业务内容",
    Role.SECURITY_OFFICER: "授予和收回角色",
}
NEW_ACCOUNT = (
    Field("name", "姓名", "/name", max_length=50, width="medium"),
    Field(
        "account",
        "账号",
        "/account",
        hint="登录时输入的名字，建好以后不能改。可以用姓名拼音，例如 li.jingban。",
        max_length=64,
        width="medium",
    ),
    Field("phone", "手机", "/phone", kind="tel", inputmode="tel", max_length=20, width="medium"),
    Field("union_id", "所属工会", "/union_id", kind="select", is_kept=True),
)
NEW_GRANT = (
    Field(
        "union_id", "在哪个工会", "/union_id", kind="select", hint="角色在这个工会和它的下级有效。"
    ),
    Field(
        "role",
        "角色",
        "/role",
        kind="radio",
        options=tuple(
            Option(str(role), ROLE_LABELS[role], about) for role, about in _ABOUT.items()
        ),
    ),
    Field(
        "expires_on",
        "到期日",
        "/expires_on",
        kind="date",
        hint="到期后自动失效；不填则一直有效。",
        is_required=False,
        width="short",
    ),
)
WHY = (Field("reason", "理由", "/reason", kind="text", max_length=200, is_kept=True),)
SEARCH = (Field("text", "找账号", "/text", is_required=False, max_length=60),)
