"""What is known of a person stands nowhere but where it is sealed (PII-01, PII-04, PII-08)."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.data.sealed import SealBroken
from services.membership.store.facts import open_facts
from tests import clusters
from tests.service.membership_rig import running
from tests.trust.told import NAMES, NUMBERS, PHONES, Told, seen_in, tell


@pytest.fixture(scope="module")
def told(cluster_url: str, template_database: str, keys_dir: Path) -> Iterator[Told]:
    """The story, told once for all who look at what it left behind."""
    with clusters.copy(cluster_url, template_database) as database:
        yield asyncio.run(tell(database, keys_dir))


def test_a_backup_of_the_database_shows_nothing_that_is_sealed(told):
    assert len(told.dump) > 50_000
    assert "INSERT INTO membership.people" in told.dump
    assert seen_in(told.dump) == []


def test_no_answer_but_a_disclosure_shows_what_is_sealed(told):
    found = [(asked, status, seen_in(body)) for asked, status, body in told.answers]

    assert len(found) > 40
    assert [one for one in found if one[2]] == []
    assert NUMBERS[0] in told.disclosed[0]
    assert PHONES[0] in told.disclosed[0]


def test_logs_and_figures_show_nobody_whatever_goes_wrong(told):
    statuses = {status for _, status, _ in told.answers}

    assert {201, 400, 404, 409, 422, 500} <= statuses
    assert '"status":500' in told.logs
    assert len(told.logs.splitlines()) > 40
    assert seen_in(told.logs) == []
    assert [name for name in NAMES if name in told.logs] == []
    assert seen_in(told.metrics) == []


def test_problems_name_no_one(told):
    bodies = "\n".join(told.problems)

    assert len(told.problems) >= 8
    assert [name for name in NAMES if name in bodies] == []
    assert seen_in(bodies) == []


def test_jobs_events_and_the_audit_hold_ids_and_no_personal_data(told):
    kept = {where: text for where, text in told.rows.items() if text}

    assert {"jobs.args", "outbox.data", "audit.details"} <= kept.keys()
    found = {where: seen_in(text) + [n for n in NAMES if n in text] for where, text in kept.items()}
    assert {where: seen for where, seen in found.items() if seen} == {}


async def test_a_sealed_value_does_not_open_in_another_row(database, keys_dir):
    async with running(database, keys_dir) as rig:
        one, other = await rig.draft(number=1), await rig.draft(number=2)
        swap = (
            "update membership.applications set facts = case id when %s then "
            "(select facts from membership.applications where id = %s) else "
            "(select facts from membership.applications where id = %s) end returning id, facts"
        )
        rows = rig.rows(swap, one["id"], other["id"], one["id"])

        assert len(rows) == 2
        for id_, facts in rows:
            with pytest.raises(SealBroken, match="was altered, or was sealed for another place"):
                open_facts(rig.app.state.store.sealer, "applications", id_, facts)
