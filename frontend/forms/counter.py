"""The application form at the counter, in the order of the paper form 《工会会员登记表》."""

from frontend.forms.form import Field, Option

COUNTER = (
    Field("name", "姓名", "/person/name", max_length=50),
    Field("document_kind", "证件类型", "/person/document/kind", kind="select"),
    Field("document_number", "证件号码", "/person/document/number", max_length=40),
    Field("phone", "手机", "/person/phone", kind="tel", inputmode="tel", max_length=20),
    Field("group_code", "群体", "/group_code", kind="select", is_kept=True),
    Field(
        "platforms",
        "平台",
        "/platforms",
        hint="有几个写几个，用顿号隔开。",
        is_required=False,
        is_kept=True,
        max_length=120,
    ),
    Field("relation", "用工关系", "/situation/relation", kind="select", is_kept=True),
    Field(
        "unions_there",
        "那边有没有工会",
        "",
        kind="checkboxes",
        is_many=True,
        is_required=False,
        is_kept=True,
        options=(
            Option("has_employer_union", "单位（派遣、外包公司）有工会"),
            Option("has_user_union", "用工单位有工会"),
            Option("has_industry_union", "本地有这个行业的工会联合会"),
        ),
        width="across",
    ),
    Field(
        "employer_name",
        "工作单位",
        "/employer_name",
        is_required=False,
        is_kept=True,
        max_length=100,
    ),
    Field("address", "居住地址", "/person/address", is_required=False, max_length=200),
    Field("union_id", "拟加入的工会", "/union_id", kind="select", is_kept=True),
    Field("consents", "本人已看过并同意", "/consents", kind="checkboxes", is_many=True),
)
