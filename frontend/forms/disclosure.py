"""Why somebody needs to see a full value, and which."""

from frontend.forms.form import Field, Option

DISCLOSURE = (
    Field(
        "fields",
        "要看哪一项",
        "/fields",
        kind="checkboxes",
        is_many=True,
        options=(
            Option("document", "证件号码"),
            Option("phone", "手机"),
            Option("birth", "出生日期"),
            Option("address", "住址"),
        ),
        width="across",
    ),
    Field(
        "purpose",
        "用来做什么",
        "/purpose",
        kind="select",
        hint="谁、什么时候、为什么看过，会记入审计。",
        options=(
            Option("verify", "核对申请人身份"),
            Option("contact", "联系本人"),
            Option("correct", "更正登记信息"),
            Option("report", "按规定上报"),
            Option("benefit", "办理服务和福利"),
            Option("complaint", "处理投诉和举报"),
        ),
        width="medium",
    ),
)
