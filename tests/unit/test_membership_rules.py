"""Numbers, ages, codes, consents, unions, cards: the smaller rules of membership."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.refusals import Unprocessable
from services.membership.domain import card
from services.membership.domain.ages import age_notices, age_on, is_too_young
from services.membership.domain.consent import Text, in_force, missing, needs_guardian
from services.membership.domain.enrolment import Request, check_request, platform_names
from services.membership.domain.numbers import ALPHABET, application_number, patterned, poster_code
from services.membership.domain.person import Stated, check
from services.membership.domain.union import date_faults, faults, path_of, upper_path
from services.membership.domain.union_facts import UnionFacts, checked_facts
from services.membership.store.reference import code_book, parameter_defaults
from tests.service.membership_rig import resident_id

TODAY = date(2026, 3, 2)


def test_the_eight_groups_are_those_of_the_plan():
    labels = {code.code: code.label for code in code_book().list("groups", TODAY) or ()}

    assert [labels[f"G{n:02}"] for n in range(1, 10)] == [
        "货车司机",
        "快递员",
        "护工护理员",
        "家政服务员",
        "商场信息员",
        "网约送餐员",
        "房产中介员",
        "保安员",
        "网约车司机",
    ]


def test_a_code_or_its_exact_label_is_found_while_it_holds():
    book = code_book()

    assert book.find("groups", "快递员", TODAY) == book.find("groups", "G02", TODAY)
    assert book.find("groups", "G09", date(2020, 1, 1)) is None
    assert book.find("groups", "快递", TODAY) is None


def test_no_list_has_a_code_or_a_label_twice():
    book = code_book()
    for name in book.names():
        codes = book.list(name) or ()
        assert len({code.code for code in codes}) == len(codes), name
        if name != "divisions":
            assert len({code.label for code in codes}) == len(codes), name


def test_every_parameter_names_its_source():
    assert {"join_review_days", "member_number_pattern"} <= set(parameter_defaults())


@pytest.mark.parametrize(
    ("birth", "young"),
    [("2010-03-02", False), ("2010-03-03", True), ("1900-01-01", False)],
)
def test_sixteen_is_the_floor_to_the_day(birth, young):
    assert is_too_young(date.fromisoformat(birth), TODAY) is young


def test_age_counts_full_years():
    assert age_on(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert age_on(date(2000, 2, 29), date(2026, 3, 1)) == 26


def test_age_notices_hint_and_never_refuse():
    limits = {"1": 60, "2": 50}

    assert [n.code for n in age_notices(date(2009, 1, 1), "1", TODAY, limits)] == ["juvenile"]
    assert [n.code for n in age_notices(date(1966, 3, 2), "1", TODAY, limits)] == ["retirement"]
    assert [n.code for n in age_notices(date(1976, 3, 3), "2", TODAY, limits)] == []


def test_check_says_everything_that_is_wrong_at_once():
    known, wrong = check(Stated("", "111", "123", "139"), TODAY, 16)

    assert known is None
    assert [fault.pointer for fault in wrong] == [
        "/person/name",
        "/person/document/number",
        "/person/phone",
    ]


def test_check_reads_sex_and_birth_from_the_number():
    known, wrong = check(Stated(" 陈 小虎 ", "111", resident_id(1).lower()), TODAY, 16)

    assert wrong == []
    assert known is not None
    assert (known.name, known.sex, known.birth) == ("陈小虎", "1", date(1990, 5, 6))


def test_check_refuses_who_is_too_young():
    stated = Stated("陈小虎", "111", resident_id(1, date(2012, 1, 1)))

    assert [fault.code for fault in check(stated, TODAY, 16)[1]] == ["too-young"]


@given(st.uuids(), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_application_numbers_are_readable_and_of_one_length(id_: UUID, on: date):
    number = application_number(on, id_)

    assert len(number) == 18
    assert set(number[10:]) <= set(ALPHABET)


@given(st.integers(0, 2**64))
def test_poster_codes_have_no_letters_that_are_misread(bits: int):
    assert not set(poster_code(bits)) & set("01OILU")


def test_patterned_numbers_follow_the_unions_pattern():
    fields = {"code": "320599001", "year": "2026", "serial": 7}

    assert patterned("{code}{year}{serial:06d}", fields) == "3205990012026000007"


def text(n: int, purpose: str, version: str, start: str, required: bool = True) -> Text:
    return Text(UUID(int=n), purpose, version, purpose, required, date.fromisoformat(start))


def test_the_newest_text_in_force_is_the_one_to_agree_to():
    texts = [
        text(1, "membership", "1", "2025-01-01"),
        text(2, "membership", "2", "2026-01-01"),
        text(3, "membership", "3", "2026-04-01"),
        text(4, "notices", "1", "2025-01-01", required=False),
    ]

    assert in_force(texts, TODAY)["membership"].version == "2"
    assert [t.id.int for t in missing(texts, [UUID(int=1)], TODAY)] == [2]
    assert missing(texts, [UUID(int=2)], TODAY) == []


def test_a_child_under_fourteen_needs_a_guardian():
    assert needs_guardian(date(2012, 3, 3), TODAY)
    assert not needs_guardian(date(2012, 3, 2), TODAY)


def test_a_path_ends_with_its_own_id_and_begins_with_its_parents():
    county = path_of(UUID(int=1), "")
    town = path_of(UUID(int=2), county)

    assert town == f"{UUID(int=1).hex}/{UUID(int=2).hex}/"
    assert upper_path(town) == county
    assert upper_path(county) == ""


@pytest.mark.parametrize(
    ("level", "kind", "parent", "wrong"),
    [
        (3, "9", 2, []),
        (4, "0", 3, []),
        (4, "1", 4, []),
        (3, "3", 2, []),
        (2, "9", 3, ["/level"]),
        (3, "9", 3, ["/level"]),
        (2, "0", 1, ["/kind"]),
        (4, "9", 3, ["/kind"]),
    ],
)
def test_a_union_stands_below_a_higher_level(level, kind, parent, wrong):
    assert [fault.pointer for fault in faults(level, kind, parent)] == wrong


def test_checked_facts_take_labels_for_codes_and_clean_the_uscc():
    facts = UnionFacts(name="唐桥镇总工会", level=3, kind="地方总工会", division="320599101")

    assert checked_facts(facts, 2, code_book(), TODAY).kind == "9"


def test_checked_facts_name_every_wrong_field():
    facts = UnionFacts(
        name="某", level=1, kind="?", division="32", union_uscc="1", founded_on=date(2030, 1, 1)
    )

    with pytest.raises(Unprocessable) as refused:
        checked_facts(facts, 2, code_book(), TODAY)
    assert {e.pointer for e in refused.value.errors} == {
        "/kind",
        "/union_uscc",
        "/division",
        "/level",
        "/founded_on",
    }


def test_platforms_are_named_once_by_their_label():
    assert platform_names(["meituan", "美团", " 小 站 ", ""], code_book(), TODAY) == [
        "美团",
        "小 站",
    ]


def test_a_card_says_only_which_card_and_until_when():
    now = datetime(2026, 3, 2, 1, 0, 0, 987, tzinfo=UTC)
    claim = card.claim_for(UUID(int=5), now, 300)
    token = card.written(claim, b"s" * 64)

    assert len(token) == 114
    assert card.parsed(token) == (claim, b"s" * 64)
    assert claim.holds_at(now + timedelta(seconds=304))
    assert not claim.holds_at(now + timedelta(seconds=306))


@given(st.text(max_size=200))
def test_anything_else_is_no_card(token: str):
    assert card.parsed(token) is None


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": "张\x00三"}, "/person/name", "unprintable"),
        ({"name": "张" * 51}, "/person/name", "too-long"),
        ({"name": "张3"}, "/person/name", "digits"),
        ({"document_kind": "999"}, "/person/document/kind", "enum"),
        ({"document_number": resident_id(1)[:15]}, "/person/document/number", "fifteen-digits"),
        ({"phone": "0512-58000000"}, "/person/phone", "landline"),
        ({"address": "路\x07"}, "/person/address", "unprintable"),
    ],
)
def test_check_names_the_fault_and_never_the_value(change, pointer, code):
    stated = replace(Stated("张三", "111", resident_id(1)), **change)

    known, wrong = check(stated, TODAY, 16)

    assert known is None
    assert [(fault.pointer, fault.code) for fault in wrong] == [(pointer, code)]
    assert resident_id(1)[:15] not in wrong[0].message


def test_check_believes_a_passports_holder_about_sex_and_birth():
    stated = Stated("J. Smith", "414", "e1234567", sex="1", birth=date(1980, 1, 2))

    known, _ = check(stated, TODAY, 16)

    assert known is not None
    assert (known.document.number, known.sex, known.birth) == ("E1234567", "1", date(1980, 1, 2))
    assert check(replace(stated, sex=""), TODAY, 16)[0].sex == "0"


def test_a_term_ends_after_the_founding():
    found = date_faults(date(2026, 1, 1), date(2025, 1, 1), TODAY)

    assert [fault.pointer for fault in found] == ["/term_ends_on"]
    assert date_faults(None, date(2025, 1, 1), TODAY) == []


def test_check_request_keeps_plain_and_coded_details():
    request = Request(
        person=Stated("张三", "111", resident_id(1)),
        details={
            "education": "大学本科毕业",
            "is_migrant": True,
            "native_place": "",
            "politics": "",
        },
    )

    checked = check_request(request, code_book(), TODAY, 16)

    assert checked.details == {"education": "21", "is_migrant": True}
    assert checked.way is None
