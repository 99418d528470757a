"""Lists of applications become members set by set; each person is who they were, and only once."""

import pytest

from services.membership.store.facts import document_key
from tests.people import CHEN, DING, LI, OTHER_TOWN, WANG, WU
from tests.service.membership_rig import Rig, resident_id, running


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        yield made


async def change(rig: Rig, statement: str, *values: object) -> None:
    async with rig.app.state.store.begin() as tx:
        connection = await tx.session.connection()
        await connection.exec_driver_sql(statement, values)


async def test_two_documents_of_one_person_in_one_list_make_one_member(rig: Rig):
    first = await rig.admitted(LI, 1)
    await change(rig, "update membership.memberships set state = 'withdrawn'")
    other = document_key(rig.app.state.store.sealer, "111", resident_id(2))
    person = first["person_id"]
    await change(rig, "insert into membership.person_keys values ($1, $2)", other, person)
    ids = [(await rig.submitted(LI, number))["id"] for number in (1, 2)]

    answer = await rig.post(WU, "/decisions", {"application_ids": ids, "outcome": "admitted"})

    found = answer.json()
    assert [row["state"] for row in found["results"]] == ["admitted", "submitted"]
    assert found["results"][1]["problem"]["type"] == "/problems/already-member"
    assert rig.rows(
        "select count(*), count(distinct person_id) from membership.memberships"
        " where state = 'active'"
    ) == [(1, 1)]
    assert rig.rows(
        "select conflict_union_id is not null from membership.applications"
        " where state = 'submitted'"
    ) == [(True,)]


async def test_a_refused_stranger_in_a_list_changes_nothing_about_the_member(rig: Rig):
    await rig.admitted(CHEN, 1)
    known = "select name, phone_key, version from membership.people"
    before = rig.rows(known)
    made = await rig.submitted(DING, 1, union_id=str(OTHER_TOWN))

    answer = await rig.post(
        WANG, "/decisions", {"application_ids": [made["id"]], "outcome": "admitted"}
    )

    assert answer.json()["results"][0]["problem"]["type"] == "/problems/already-member"
    assert rig.rows(known) == before
