"""The demonstration's county: its unions on four levels, and the staff who work in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CITY, COUNTY, TOWNSHIP, GRASSROOTS = 1, 2, 3, 4
LOCAL, SINGLE, JOINT, AREA, INDUSTRY = "9", "0", "1", "2", "3"

CITY_NAME = "江州市总工会"
CITY_DIVISION = "320500"
COUNTY_NAME = "江临县总工会"
DIVISION = "320582"
STORY_TOWN = "唐桥镇"
OTHER_TOWN = "金港镇"
PEOPLE = 3000


@dataclass(frozen=True, slots=True)
class Office:
    """One union as it is entered: ``parent`` is the name of the one above."""

    name: str
    parent: str
    level: int
    kind: str
    facts: tuple[tuple[str, Any], ...] = ()

    def body(self, parent_id: str) -> dict[str, Any]:
        division = dict(self.facts).get("division", DIVISION)
        known = {"name": self.name, "level": self.level, "kind": self.kind, "division": division}
        return known | dict(self.facts) | {"parent_id": parent_id}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, and what they may do where."""

    account: str
    name: str
    union: str
    role: str
    title: str


# Name, number of the township in its division code, telephone, street.
TOWNS = (
    (STORY_TOWN, "101", "0512-5600-1001", "人民路 18 号"),
    (OTHER_TOWN, "102", "0512-5600-1002", "长江路 6 号"),
    ("凤栖镇", "103", "0512-5600-1003", "凤栖大道 88 号"),
    ("南沣镇", "104", "0512-5600-1004", "永安街 21 号"),
    ("乐屿镇", "105", "0512-5600-1005", "乐屿东路 5 号"),
    ("锦溪镇", "106", "0512-5600-1006", "锦溪街 32 号"),
    ("杨堤街道", "001", "0512-5600-1007", "步行街 2 号"),
    ("江临经济开发区", "401", "0512-5600-1008", "科技路 100 号"),
)
# Who stands behind each town's own unions: an employer's name, its industry and its trade.
EMPLOYERS = (
    ("顺达速递有限公司", "G", "G02"),
    ("江临货运有限公司", "G", "G01"),
    ("安家家政服务有限公司", "O", "G04"),
    ("卫盾保安服务有限公司", "L", "G08"),
)
FEDERATIONS = (
    ("江临县快递行业工会联合会", "G02"),
    ("江临县网约出行行业工会联合会", "G09"),
)

STAFF = (
    Person("he.shiji", "何市级", CITY_NAME, "reviewer", "市总工会审核"),
    Person("wang.shenhe", "王审核", COUNTY_NAME, "reviewer", "县总工会审核"),
    Person("feng.jingban", "冯经办", COUNTY_NAME, "clerk", "县总工会经办"),
    Person("li.jingban", "李经办", f"{STORY_TOWN}总工会", "clerk", "唐桥镇经办"),
    Person("wu.shenhe", "吴审核", f"{STORY_TOWN}总工会", "reviewer", "唐桥镇审核"),
    Person("zhao.jingban", "赵经办", f"{OTHER_TOWN}总工会", "clerk", "金港镇经办"),
    Person("chen.shenpi", "陈审批", COUNTY_NAME, "approver", "县总工会审批"),
    Person("yang.caiwu", "杨财务", COUNTY_NAME, "finance", "县总工会财务"),
    Person("xu.tiaojie", "徐调解", COUNTY_NAME, "mediator", "县总工会调解员"),
    Person("ma.rexian", "马热线", COUNTY_NAME, "operator", "县总工会热线承办"),
    Person("hu.pingwei", "胡评委", COUNTY_NAME, "judge", "县总工会评委"),
    Person("guo.saiwu", "郭赛务", COUNTY_NAME, "organiser", "县总工会赛务"),
    Person("qian.shenji", "钱审计", COUNTY_NAME, "auditor", "县总工会审计"),
    Person("sun.guanli", "孙管理", COUNTY_NAME, "administrator", "县总工会管理员"),
    Person("zhou.anquan", "周安全", COUNTY_NAME, "security_officer", "县总工会安全员"),
)


def catching_union(town: str) -> str:
    """The town's union for everybody who has no other (小三级, M-31)."""
    return f"{town}新就业形态劳动者联合工会"


def offices() -> Iterator[Office]:
    """Every union below the city, upper ones first."""
    contact = (("address", "江临县府前街 1 号"), ("phone", "0512-5600-1000"))
    yield Office(COUNTY_NAME, CITY_NAME, COUNTY, LOCAL, contact)
    for name, trade in FEDERATIONS:
        facts = (("trade", trade), ("catches_all", True), *contact)
        yield Office(name, COUNTY_NAME, GRASSROOTS, INDUSTRY, facts)
    for town, number, phone, street in TOWNS:
        yield from _town(town, f"{DIVISION}{number}", phone, f"江临县{town}{street}")


def _town(town: str, division: str, phone: str, address: str) -> Iterator[Office]:
    place = (("division", division), ("phone", phone), ("address", address))
    own = f"{town}总工会"
    yield Office(own, COUNTY_NAME, TOWNSHIP, LOCAL, (*place, ("catches_all", True)))
    yield Office(catching_union(town), own, GRASSROOTS, JOINT, (*place, ("catches_all", True)))
    yield Office(f"{town}中心社区工会", own, GRASSROOTS, AREA, (*place, ("catches_all", True)))
    for employer, industry, _ in EMPLOYERS:
        named = f"{town}{employer}"
        facts = (*place, ("employer_name", named), ("industry", industry))
        yield Office(f"{named}工会", own, GRASSROOTS, SINGLE, facts)
