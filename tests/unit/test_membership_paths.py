"""The decision table M-10, line by line and for every situation there is."""

from itertools import product

import pytest

from services.membership.domain.paths import (
    TABLE,
    Joins,
    Path,
    Relation,
    Situation,
    choose,
    fitting,
)

EVERY = [
    Situation(relation, *answers)
    for relation, answers in product(Relation, product([False, True], repeat=3))
]


def handbook(s: Situation) -> tuple[Path, Joins, bool]:
    """M-10, M-06 and M-07 once more, in words instead of a table."""
    nearby = Joins.INDUSTRY_UNION if s.has_industry_union else Joins.AREA_UNION
    if s.relation in ("contract", "factual"):
        if s.has_employer_union:
            return Path.EMPLOYER, Joins.EMPLOYER_UNION, False
        return Path.EMPLOYER, nearby, True
    if s.relation in ("partial", "self_employed"):
        return Path.PLACE, nearby, False
    if s.has_employer_union:
        return Path.DISPATCH, Joins.EMPLOYER_UNION, False
    if s.has_user_union:
        return Path.DISPATCH, Joins.USER_UNION, False
    return Path.DISPATCH, Joins.AREA_UNION, True


@pytest.mark.parametrize("situation", EVERY, ids=str)
def test_every_situation_has_exactly_one_line_and_it_is_the_handbooks(situation):
    assert len(list(fitting(situation))) == 1
    way = choose(situation)
    assert (way.path, way.joins, way.moves_later) == handbook(situation)


def test_every_line_is_needed_says_why_and_has_its_own_rule():
    used = {id(next(fitting(situation))) for situation in EVERY}

    assert used == {id(row) for row in TABLE}
    assert len({row.way.rule for row in TABLE}) == len(TABLE)
    assert all(row.way.rule.startswith("M-10 ") and row.way.reason for row in TABLE)
