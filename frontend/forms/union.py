"""The facts of a union organisation, in the order of the registration form (B.5)."""

from frontend.forms.form import Field, Option

LEVELS = (
    Option("0", "省总工会"),
    Option("1", "市总工会"),
    Option("2", "县（区）总工会"),
    Option("3", "乡镇（街道）、开发区总工会"),
    Option("4", "基层工会"),
)
KINDS = (
    Option("0", "独立基层工会"),
    Option("1", "联合基层工会"),
    Option("2", "区域性工会联合会"),
    Option("3", "行业性工会联合会"),
    Option("9", "地方总工会"),
)
# Which answers the API wants as numbers, and which as yes or no.
NUMBERS = ("level", "staff_count", "member_count", "women_count", "migrant_count")
FLAGS = ("catches_all",)


def _plain(
    name: str,
    label: str,
    *,
    kind: str = "text",
    hint: str = "",
    inputmode: str = "",
    max_length: int = 200,
) -> Field:
    return Field(
        name,
        label,
        f"/{name}",
        kind=kind,
        hint=hint,
        inputmode=inputmode,
        max_length=max_length,
        is_required=False,
        is_kept=True,
    )


UNION = (
    Field("name", "工会名称", "/name", max_length=100, is_kept=True),
    Field("level", "级别", "/level", kind="select", options=LEVELS, is_kept=True),
    Field("kind", "类型", "/kind", kind="select", options=KINDS, is_kept=True),
    Field(
        "division",
        "所在政区代码",
        "/division",
        hint="6、9 或 12 位数字，例如 320582105。",
        inputmode="numeric",
        max_length=12,
        is_kept=True,
    ),
    _plain("code", "工会编号", hint="不填则按上级工会的规则自动编号。", max_length=40),
    _plain("union_uscc", "工会统一社会信用代码", max_length=18),
    _plain("employer_name", "单位名称", max_length=100),
    _plain("employer_uscc", "单位统一社会信用代码", max_length=18),
    _plain("address", "地址", max_length=200),
    _plain("employer_nature", "单位性质", kind="select"),
    _plain("industry", "所属行业", kind="select"),
    _plain("founded_on", "建会日期", kind="date"),
    _plain("term_ends_on", "换届日期", kind="date"),
    _plain("chair_name", "主席", max_length=50),
    _plain("phone", "联系电话", kind="tel", max_length=30),
    _plain("staff_count", "职工人数", inputmode="numeric", max_length=7),
    _plain("member_count", "会员人数", inputmode="numeric", max_length=7),
    _plain("women_count", "其中女职工", inputmode="numeric", max_length=7),
    _plain("migrant_count", "其中农民工", inputmode="numeric", max_length=7),
    Field(
        "catches_all",
        "没有单位工会的职工也可以加入（兜底工会）",
        "/catches_all",
        kind="checkbox",
        is_required=False,
        is_kept=True,
    ),
)
CODED = {"employer_nature": "employer_natures", "industry": "industries"}
