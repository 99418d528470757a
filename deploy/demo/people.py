"""Synthetic couriers and drivers: made-up names, ids with a right check digit, from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"  # noqa: E501  # one string of surnames
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文辉建国红志海波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子浩宇轩博然欣怡思雨佳琪"  # noqa: E501  # the same for given names
DIVISIONS = ("320582", "320583", "320982", "321283", "341125", "411522", "421182", "522401")
GROUPS = (("快递员", "G02"), ("网约送餐员", "G06"), ("货车司机", "G01"), ("网约车司机", "G09"))
PLATFORMS = {
    "G02": ("顺丰速运", "中通快递", "圆通速递"),
    "G06": ("美团", "饿了么"),
    "G01": ("货拉拉", "满帮"),
    "G09": ("滴滴出行", "曹操出行"),
}
RELATIONS = ("平台或站点管着我接单、考勤", "自己接单，想干就干", "签了劳动合同", "劳务派遣")


@dataclass(frozen=True, slots=True)
class Courier:
    """Somebody who does not exist."""

    name: str
    id_number: str
    phone: str
    group: str
    group_code: str
    platform: str
    relation: str
    started_on: date
    address: str


def id_number(division: str, birth: date, sequence: int) -> str:
    """An id number with the right check digit (B.7)."""
    return with_check(f"{division}{birth:%Y%m%d}{sequence:03d}")


def with_check(body: str) -> str:
    """Seventeen digits and their check digit."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + CHECKS[total % 11]


def couriers(seed: int, divisions: Sequence[str] = DIVISIONS) -> Iterator[Courier]:
    """Couriers without end, no two with the same id or phone; where they were born may be told."""
    random = Random(seed)  # noqa: S311  # demonstration data, no secret
    ids: set[str] = set()
    phones: set[str] = set()
    while True:
        courier = _courier(random, divisions)
        taken = courier.id_number in ids or courier.phone in phones
        # Three zeros at the end are right and look like a number that a spreadsheet cut.
        if taken or courier.id_number.endswith("000"):
            continue
        ids.add(courier.id_number)
        phones.add(courier.phone)
        yield courier


def _courier(random: Random, divisions: Sequence[str]) -> Courier:
    birth = date(1968, 1, 1) + timedelta(days=random.randrange(13_500))
    group, code = random.choice(GROUPS)
    given = "".join(random.choice(GIVEN) for _ in range(random.choice((1, 2, 2))))
    return Courier(
        name=random.choice(SURNAMES) + given,
        id_number=id_number(random.choice(divisions), birth, random.randrange(1, 999)),
        phone=f"1{random.choice('35789')}{random.randrange(10**9):09d}",
        group=group,
        group_code=code,
        platform=random.choice(PLATFORMS[code]),
        relation=random.choice(RELATIONS),
        started_on=date(2022, 1, 1) + timedelta(days=random.randrange(1_500)),
        address=f"张家港市唐桥镇人民路{random.randrange(1, 400)}号",
    )
