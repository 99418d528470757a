"""The questions of the journey into the union, each with the reason why it is asked."""

from frontend.forms.form import Field, Option

_KNOWN = (Option("yes", "有"), Option("no", "没有"), Option("unknown", "不知道"))

PHONE = (
    Field(
        "phone", "手机号", "/phone", kind="tel", autocomplete="tel", inputmode="tel", max_length=20
    ),
)
CODE = (
    Field(
        "code",
        "短信验证码",
        "/code",
        is_secret=True,
        autocomplete="one-time-code",
        inputmode="numeric",
        max_length=6,
    ),
)
WORK = (Field("group", "您做哪一行", "/group_code", kind="radio", width="big"),)
PLATFORMS = (
    Field(
        "platforms",
        "您在哪些平台干活",
        "/platforms",
        kind="checkboxes",
        is_many=True,
        is_required=False,
        width="big",
    ),
    Field(
        "others", "其他平台", hint="有几个写几个，用顿号隔开。", is_required=False, max_length=100
    ),
)
RELATION = (
    Field("relation", "您和单位或平台是什么关系", "/situation/relation", kind="radio", width="big"),
)
EMPLOYER = (
    Field(
        "employer_name",
        "单位名称",
        "/employer_name",
        is_required=False,
        max_length=100,
        autocomplete="organization",
    ),
    Field("employer_union", "单位有工会吗", kind="radio", options=_KNOWN),
    Field("user_union", "干活的那家单位有工会吗", kind="radio", options=_KNOWN, is_required=False),
)
WORDS = Field("words", "在哪里干活", is_required=False, max_length=60, kind="search")
WHERE = (
    WORDS,
    Field("union_id", "要加入的工会", "/union_id", kind="radio", width="big"),
)
PERSON = (
    Field("name", "姓名", "/person/name", autocomplete="name", max_length=50),
    Field("document_number", "身份证号", "/person/document/number", max_length=40),
    Field("document_kind", "证件类型", "/person/document/kind", kind="select"),
    Field("consents", "同意事项", "/consents", kind="checkboxes", is_many=True, is_required=False),
)
WITHDRAWAL = (
    Field("reason", "撤回原因", "/reason", kind="textarea", is_required=False, max_length=500),
)
