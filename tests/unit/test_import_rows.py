"""Rows of a sheet are judged column by column as they would be one by one (B.7, M-01, M-10)."""

from datetime import date

import pytest

from deploy.demo.people import with_check
from services.membership.domain.import_rows import (
    judge_rows,
    situation_of,
    split_platforms,
    way_of,
)
from services.membership.domain.paths import Relation

TODAY = date(2026, 3, 2)
GOOD = "11010519491231002X"


def judge(name="张三", number=GOOD, kind="", broken=()):
    values = {"name": [name], "document": [number], "document_kind": [kind]}
    judged = judge_rows(values, set(broken), TODAY, 16)
    found = [(f.field, f.code, f.is_error) for f in judged.findings.get(0, [])]
    return judged.names[0], judged.documents[0], found


@pytest.mark.parametrize(
    ("number", "kind", "document", "found"),
    [
        (GOOD, "", ("111", GOOD), []),
        (GOOD, "111", ("111", GOOD), []),
        ("110105194912310021", "", None, [("document", "check-digit", True)]),
        ("110105491231002", "", None, [("document", "fifteen-digits", True)]),
        ("11010519491331002X", "", None, [("document", "birth-date", True)]),
        ("1101051949", "", None, [("document", "length", True)]),
        ("", "", None, []),
        ("E12345678", "414", ("414", "E12345678"), []),
        ("E1", "414", None, [("document", "format", True)]),
        (GOOD, "553", ("111", GOOD), [("document", "changed", False)]),
    ],
)
def test_judge_rows_knows_documents(number, kind, document, found):
    assert judge(number=number, kind=kind)[1:] == (document, found)


def test_judge_rows_leaves_lost_numbers_to_what_was_said_of_them():
    assert judge(number="3.2E+17", broken={0})[1:] == (None, [])


def test_judge_rows_warns_of_three_zeros():
    right = (with_check(f"110105{year}0307000"[:15] + "00") for year in range(1950, 2000))
    number = next(found for found in right if found.endswith("000"))

    assert judge(number=number)[2] == [("document", "suspicious", False)]


def test_judge_rows_refuses_who_is_too_young():
    sixteen, fifteen = with_check("11010120100302001"), with_check("11010120100303001")

    assert judge(number=sixteen)[2] == []
    assert judge(number=fifteen)[2] == [("document", "too-young", True)]


@pytest.mark.parametrize(
    ("raw", "name", "found"),
    [
        ("张三", "张三", []),
        ("张 三", "张三", []),
        ("阿凡•提", "阿凡·提", []),
        ("张三2", "张三2", [("name", "digits", True)]),
        ("", "", []),
    ],
)
def test_judge_rows_cleans_names(raw, name, found):
    assert (judge(name=raw)[0], judge(name=raw)[2]) == (name, found)


@pytest.mark.parametrize(
    ("values", "union_kind", "employer", "path"),
    [
        ({}, "9", "", "P2"),
        ({"relation": "self_employed"}, "3", "", "P2"),
        ({"relation": "contract", "employer_name": "甲公司"}, "0", "甲公司", "P1"),
        ({"relation": "contract", "employer_name": "甲公司"}, "9", "", "P1"),
        ({"relation": "dispatched"}, "9", "", "P3"),
    ],
)
def test_way_of_is_the_decision_table(values, union_kind, employer, path):
    assert way_of(values, union_kind, employer).path == path


def test_situation_of_knows_the_employers_union():
    values = {"relation": "contract", "employer_name": "甲公司"}

    assert situation_of(values, "0", "甲公司").has_employer_union
    assert not situation_of(values, "0", "乙公司").has_employer_union
    assert situation_of({}, "3", "").has_industry_union
    assert situation_of({}, "9", "").relation is Relation.PARTIAL


def test_split_platforms_takes_every_usual_mark():
    assert split_platforms("美团、饿了么，顺丰; 闪送 /") == ["美团", "饿了么", "顺丰", "闪送"]
    assert split_platforms("") == []
