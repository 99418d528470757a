"""The three paths into the union, as the decision table M-10 with its fall-backs M-06, M-07."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Path(StrEnum):
    EMPLOYER = "P1"
    PLACE = "P2"
    DISPATCH = "P3"


class Relation(StrEnum):
    """How somebody stands to those they work for (M-10)."""

    CONTRACT = "contract"
    FACTUAL = "factual"
    PARTIAL = "partial"
    SELF_EMPLOYED = "self_employed"
    DISPATCHED = "dispatched"
    OUTSOURCED = "outsourced"


class Joins(StrEnum):
    EMPLOYER_UNION = "employer_union"
    USER_UNION = "user_union"
    INDUSTRY_UNION = "industry_union"
    AREA_UNION = "area_union"


RELATION_LABELS = {
    Relation.CONTRACT: "签了劳动合同",
    Relation.FACTUAL: "没签合同，但按时上下班、听单位管理、按月领工资",
    Relation.PARTIAL: "平台或站点管着我接单、考勤，但不完全是单位职工",
    Relation.SELF_EMPLOYED: "自己接单，想干就干",
    Relation.DISPATCHED: "劳务派遣公司派我去干活",
    Relation.OUTSOURCED: "外包公司的人",
}

JOINS_LABELS = {
    Joins.EMPLOYER_UNION: "单位工会",
    Joins.USER_UNION: "用工单位工会",
    Joins.INDUSTRY_UNION: "区域性、行业性工会联合会",
    Joins.AREA_UNION: "工作地或居住地的乡镇（街道）、开发区、村（社区）工会",
}


@dataclass(frozen=True, slots=True)
class Situation:
    relation: Relation
    has_employer_union: bool = False  # the employer's, or the dispatch or outsourcing company's
    has_user_union: bool = False  # the unit that uses dispatched labour
    has_industry_union: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """Which path, where to join, whether to move over later, and why."""

    path: Path
    joins: Joins
    moves_later: bool
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``None`` means that the answer does not matter."""

    relations: tuple[Relation, ...]
    employer: bool | None
    user: bool | None
    industry: bool | None
    way: Way


OWN = (Relation.CONTRACT, Relation.FACTUAL)
GIG = (Relation.PARTIAL, Relation.SELF_EMPLOYED)
LENT = (Relation.DISPATCHED, Relation.OUTSOURCED)

_P1_OWN = "与单位建立了劳动关系（或符合确立劳动关系的情形），单位有工会，直接加入单位工会。"
_P1_UP = "与单位有劳动关系，但单位还没有工会，先加入{}，等单位建会后再转过去。"
_P2 = "依托平台就业，不完全符合劳动关系情形或自主经营，就近加入{}。"
_P3_OWN = "由派遣（外包）公司派出，先加入派遣（外包）公司的工会，会籍由它管理。"
_P3_USER = "派遣（外包）公司没有工会，加入实际用工单位的工会。"
_P3_AREA = "派遣（外包）公司和用工单位都没有工会，先加入{}，等其中一方建会后再转过去。"
_INDUSTRY = "本行业的工会联合会"
_AREA = "工作地或居住地的乡镇（街道）、开发区、村（社区）工会"

_P1_IND, _P1_AREA = _P1_UP.format(_INDUSTRY), _P1_UP.format(_AREA)

P1, P2, P3 = Path
EMP, USER, IND, AREA = Joins

# fmt: off
TABLE = (
    #   relation employer user   industry  path joins later  rule                reason
    Row(OWN,  True,  None,  None,  Way(P1, EMP,  False, "M-10 P1",        _P1_OWN)),
    Row(OWN,  False, None,  True,  Way(P1, IND,  True,  "M-10 P1, M-32",  _P1_IND)),
    Row(OWN,  False, None,  False, Way(P1, AREA, True,  "M-10 P1, M-06",  _P1_AREA)),
    Row(GIG,  None,  None,  True,  Way(P2, IND,  False, "M-10 P2, M-32",  _P2.format(_INDUSTRY))),
    Row(GIG,  None,  None,  False, Way(P2, AREA, False, "M-10 P2, M-31",  _P2.format(_AREA))),
    Row(LENT, True,  None,  None,  Way(P3, EMP,  False, "M-10 P3",         _P3_OWN)),
    Row(LENT, False, True,  None,  Way(P3, USER, False, "M-10 P3, M-07",  _P3_USER)),
    Row(LENT, False, False, None,  Way(P3, AREA, True,  "M-10 P3, M-06",  _P3_AREA.format(_AREA))),
)
# fmt: on


@cache
def choose(situation: Situation) -> Way:
    """The one line of the table that fits (M-10)."""
    return next(row.way for row in fitting(situation))


def fitting(situation: Situation) -> Iterator[Row]:
    """Every line that fits; a test shows that there is always exactly one."""
    for row in TABLE:
        answers = (
            (row.employer, situation.has_employer_union),
            (row.user, situation.has_user_union),
            (row.industry, situation.has_industry_union),
        )
        if situation.relation in row.relations and all(w in (None, h) for w, h in answers):
            yield row
