"""What a sheet of gig workers consists of (B.6), with the headers that offices really use."""

from functools import cache

from services.chassis.data.imports.columns import CellKind, Choice, Column
from services.membership.domain.codes import Code
from services.membership.domain.person import LONGEST_ADDRESS, LONGEST_NAME
from services.membership.store.reference import code_book

GIG_WORKERS = "gig_workers"
TITLES = {GIG_WORKERS: "新就业形态劳动者入会名单"}

# What people write instead of a label; by list and code.
SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "groups": {
        "G01": ("货车驾驶员", "卡车司机", "货运司机"),
        "G02": ("快递", "快递小哥", "快递骑手", "快递从业人员"),
        "G03": ("护工", "护理员"),
        "G04": ("家政", "家政工", "保洁"),
        "G06": ("外卖", "外卖员", "外卖骑手", "外卖配送员", "送餐员", "网约配送员"),
        "G07": ("房产中介", "房产经纪人"),
        "G08": ("保安",),
        "G09": ("网约车", "网约车驾驶员"),
    },
    "relations": {
        "contract": ("劳动合同", "签订劳动合同", "劳动关系", "合同工"),
        "factual": ("事实劳动关系", "符合确立劳动关系", "未签合同"),
        "partial": ("平台或站点管着我接单、考勤", "平台用工", "不完全劳动关系", "专送", "众包"),
        "self_employed": ("自由职业", "自营", "个体", "灵活就业", "自主经营"),
        "dispatched": ("劳务派遣", "派遣"),
        "outsourced": ("外包", "劳务外包"),
    },
    "document_kinds": {
        "111": ("身份证", "二代身份证"),
        "414": ("护照",),
        "511": ("台胞证",),
        "516": ("港澳通行证", "回乡证"),
        "553": ("外国人永居证", "五星卡"),
    },
    "educations": {
        "14": ("硕士", "研究生"),
        "11": ("博士",),
        "21": ("本科", "大学", "大学本科"),
        "31": ("大专", "专科"),
        "41": ("中专", "职高", "技校", "中职"),
        "61": ("高中",),
        "71": ("初中",),
        "81": ("小学",),
    },
    "politics": {
        "01": ("党员",),
        "02": ("预备党员",),
        "03": ("团员", "共青团员（团员）"),
        "12": ("无党派",),
    },
    "ethnicities": {"01": ("汉",)},
    "household_kinds": {"1": ("非农", "城镇"), "2": ("农业", "农村")},
}


def _choices(name: str) -> tuple[Choice, ...]:
    codes: tuple[Code, ...] = code_book().list(name) or ()
    written = SYNONYMS.get(name, {})
    return tuple(Choice(c.code, c.label, written.get(c.code, ())) for c in codes)


@cache
def gig_workers() -> tuple[Column, ...]:
    """The columns in the order of the template; any order and any of these names will do."""
    return (*_person(), *_work(), *_more())


def _person() -> tuple[Column, ...]:
    return (
        Column(
            "name",
            "姓名",
            ("职工姓名", "会员姓名", "员工姓名", "名字"),
            required=True,
            longest=LONGEST_NAME,
            example="王小明",
        ),
        Column(
            "document_kind",
            "有效证件类别",
            ("证件类型", "证件类别", "证件种类"),
            kind=CellKind.CHOICE,
            choices=_choices("document_kinds"),
            example="居民身份证",
            note="不填就是居民身份证",
        ),
        Column(
            "document",
            "证件号码",
            ("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号", "有效证件号码"),
            required=True,
            kind=CellKind.DOCUMENT,
            example="110105194912310021",
            note="18 位身份证号，末位 X 大小写都可以",
        ),
        Column(
            "phone",
            "移动电话",
            ("手机号", "手机号码", "手机", "电话", "联系电话", "联系方式", "电话号码"),
            required=True,
            kind=CellKind.PHONE,
            example="13800000000",
        ),
    )


def _work() -> tuple[Column, ...]:
    return (
        Column(
            "group_code",
            "从业群体",
            ("群体", "从业类别", "工种", "职业", "岗位", "人员类别", "群体类别"),
            required=True,
            kind=CellKind.CHOICE,
            choices=_choices("groups"),
            example="快递员",
        ),
        Column(
            "platforms",
            "平台企业",
            ("所属平台", "平台", "平台名称", "所属公司", "快递公司"),
            example="顺丰速运",
            note="有多个时用顿号隔开",
        ),
        Column(
            "relation",
            "用工形式",
            ("劳动关系", "用工关系", "用工方式", "用工类型"),
            kind=CellKind.CHOICE,
            choices=_choices("relations"),
            example="自己接单，想干就干",
            note="不填按“平台或站点管理、不完全符合劳动关系”办理（M-10）",
        ),
        Column("employer_name", "工作单位", ("单位名称", "所在单位", "用人单位", "网点", "站点")),
        Column(
            "started_on",
            "从业日期",
            ("入职时间", "入职日期", "从业时间", "参加工作时间"),
            kind=CellKind.DATE,
            example="2026-01-05",
        ),
    )


def _more() -> tuple[Column, ...]:
    return (
        Column(
            "address",
            "居住地址",
            ("现住址", "居住地", "住址", "家庭住址", "地址"),
            longest=LONGEST_ADDRESS,
        ),
        _coded("education", "学历", ("文化程度",), "educations"),
        _coded("ethnicity", "民族", (), "ethnicities"),
        _coded("politics", "政治面貌", (), "politics"),
        _coded("household_kind", "户籍类型", ("户口性质", "户籍性质"), "household_kinds"),
    )


def _coded(name: str, title: str, synonyms: tuple[str, ...], codes: str) -> Column:
    return Column(name, title, synonyms, kind=CellKind.CHOICE, choices=_choices(codes))


def columns_of(kind: str) -> tuple[Column, ...] | None:
    """The columns of a kind of sheet; None when there is no such kind."""
    return gig_workers() if kind == GIG_WORKERS else None
