"""What a list of unions consists of (B.5), with the headers that offices really use."""

from functools import cache

from services.chassis.data.imports.columns import CellKind, Choice, Column
from services.membership.store.reference import code_book

COLUMNS = (
    # name, title, synonyms, list of codes, is required
    ("name", "工会名称", ("名称", "单位工会名称", "组织名称"), "", True),
    ("parent", "上级工会", ("上级工会名称", "上级工会编号", "所属上级"), "", False),
    ("code", "工会编号", ("编号", "工会代码"), "", False),
    ("level", "级别", ("工会级别", "层级"), "union_levels", True),
    ("kind", "工会类型", ("基层工会类型", "类型"), "union_kinds", True),
    ("division", "政区代码", ("单位所在政区", "行政区划", "区划代码"), "", True),
    ("employer_name", "单位名称", ("企业名称", "所在单位"), "", False),
    ("employer_uscc", "单位统一社会信用代码", ("单位信用代码",), "", False),
    ("union_uscc", "工会统一社会信用代码", ("工会信用代码", "工会法人代码"), "", False),
    ("address", "单位地址", ("地址", "工会地址"), "", False),
    ("employer_nature", "单位性质类别", ("单位类别", "单位性质"), "employer_natures", False),
    ("economic_type", "经济类型", (), "economic_types", False),
    ("industry", "所属行业", ("单位所属行业", "行业"), "industries", False),
    ("chair_name", "主席", ("负责人", "工会主席", "主席姓名"), "", False),
    ("phone", "联系电话", ("电话", "工会电话"), "", False),
    ("founded_on", "建会日期", ("成立日期", "建会时间"), "date", False),
    ("term_ends_on", "换届日期", ("届满日期", "换届时间"), "date", False),
    ("staff_count", "职工人数", ("职工数",), "", False),
    ("member_count", "会员人数", ("会员数",), "", False),
    ("women_count", "女职工人数", ("女职工数",), "", False),
    ("migrant_count", "农民工人数", ("农民工数",), "", False),
    ("party_organisation", "党组织情况", ("党组织",), "party_organisations", False),
)
COUNTS = ("staff_count", "member_count", "women_count", "migrant_count")


@cache
def union_columns() -> tuple[Column, ...]:
    """The columns of a list of unions."""
    return tuple(_column(*column) for column in COLUMNS)


def _column(
    name: str, title: str, synonyms: tuple[str, ...], listed: str, required: bool
) -> Column:
    kind = {"": CellKind.TEXT, "date": CellKind.DATE}.get(listed, CellKind.CHOICE)
    codes = code_book().list(listed) if kind is CellKind.CHOICE else ()
    choices = tuple(Choice(code.code, code.label) for code in codes or ())
    return Column(name, title, synonyms, required, kind, choices)
