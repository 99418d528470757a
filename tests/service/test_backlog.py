"""What waits is a figure that an alert rule can ask for."""

from datetime import timedelta

from sqlalchemy import insert

from services.chassis.data.backlog import FIGURES, backlog
from services.chassis.data.tx import Store
from services.chassis.edge.metrics import Metrics
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id


async def test_an_idle_schema_has_no_backlog(store: Store):
    found = await backlog(store)

    assert found.pop("database_bytes") > 1_000_000
    assert set(found.values()) == {0.0}


async def test_late_work_lost_work_and_failed_work_are_counted(store: Store):
    now = utc_now()
    hour_ago = now - timedelta(hours=1)
    jobs = [
        {"state": "queued", "due_at": hour_ago, "leased_until": None, "finished_at": None},
        {"state": "queued", "due_at": now + timedelta(hours=1), "leased_until": None,
         "finished_at": None},
        {"state": "running", "due_at": hour_ago, "leased_until": hour_ago, "finished_at": None},
        {"state": "failed", "due_at": hour_ago, "leased_until": None, "finished_at": hour_ago},
        {"state": "failed", "due_at": hour_ago, "leased_until": None,
         "finished_at": now - timedelta(days=2)},
    ]  # fmt: skip
    shared = {"kind": "probe", "actor": {}, "created_at": hour_ago}
    async with store.begin() as tx:
        for job in jobs:
            row = {"id": new_id(), "subject": new_id(), **shared, **job}
            await tx.session.execute(insert(store.tables.jobs).values(row))
        await tx.remind("probe", new_id(), hour_ago)

    found = await backlog(store)

    assert 3590 < found["jobs_queued_oldest_seconds"] < 3700
    assert 3590 < found["deadlines_oldest_seconds"] < 3700
    assert (found["jobs_lost"], found["jobs_failed_day"]) == (1, 1)


def test_the_figures_stand_in_the_metrics_of_the_part():
    metrics = Metrics("membership")

    metrics.note_figures(dict.fromkeys(FIGURES, 3.0), FIGURES)
    metrics.note_figures(dict.fromkeys(FIGURES, 4.0), FIGURES)
    page = metrics.page()[1].decode()

    for name in FIGURES:
        assert f'{name}{{part="membership"}} 4.0' in page
