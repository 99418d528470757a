"""No room for another row, or none may be written: what is there is still shown (DUR-07).

The disk that is full is a tmpfs of a few megabytes: as the tablespace of one table, and under the
folder of uploads.  Where this process may not mount one, those two tests are skipped and say so.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from deploy.account import unprivileged
from services.chassis.kernel.ids import new_id
from tests.faults.cast import Cast
from tests.faults.client import Person
from tests.faults.rig import VICTIMS, Rig

UNIONS = "/api/membership/v1/unions"
SOON = 15.0


def administer(rig: Rig, *statements: str) -> None:
    with psycopg.connect(rig.admin_url("niangjia"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def pids(rig: Rig) -> dict[str, int | None]:
    return {victim: rig.pid(victim) for victim in VICTIMS}


def found_union(cast: Cast, founder: Person, http: httpx.Client, key: str) -> httpx.Response:
    """A change that tells another service too: row, audit, poster, outbox, deliveries."""
    body = {
        "name": f"试验工会{key[-6:]}",
        "parent_id": cast.town,
        "level": 4,
        "kind": "1",
        "division": "320582101",
    }
    headers = {"Authorization": f"Bearer {founder.token}", "Idempotency-Key": key}
    return http.post(UNIONS, json=body, headers=headers)


def until_founded(cast: Cast, founder: Person, http: httpx.Client, key: str) -> httpx.Response:
    """The very same request again, as its refusal asked for."""
    end = time.monotonic() + SOON
    while (answer := found_union(cast, founder, http, key)).status_code >= 500:
        assert time.monotonic() < end, answer.text
        time.sleep(0.3)
    return answer


@pytest.fixture(scope="module")
def founder(cast: Cast, http: httpx.Client) -> Person:
    person = cast.person(http, "reviewer.0")
    person.get("/identity/v1/me")
    return person


@contextmanager
def read_only(rig: Rig) -> Iterator[None]:
    """As a standby, or a server whose operator has pulled the brake."""
    administer(
        rig, "alter system set default_transaction_read_only = on", "select pg_reload_conf()"
    )
    try:
        time.sleep(0.5)
        yield
    finally:
        administer(
            rig,
            "set default_transaction_read_only = off",
            "alter system reset default_transaction_read_only",
            "select pg_reload_conf()",
        )


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=0700,uid={unprivileged().uid},gid={unprivileged().gid}"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip("this process may not mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """The ballast that takes the last free byte."""
    ballast = place / "ballast"
    with ballast.open("wb") as file:
        free = os.statvfs(place)
        try:
            file.write(b"\0" * (free.f_bavail * free.f_bsize))
        except OSError:
            return ballast
    return ballast


def test_read_only_database_refuses_changes_and_answers_reads(
    cast: Cast, http: httpx.Client, founder: Person
):
    before, key = pids(cast.rig), str(new_id())

    with read_only(cast.rig):
        refused = found_union(cast, founder, http, key)
        searched = http.post(f"{UNIONS}/searches", json={"text": "唐桥"})
        page = http.get("/join", headers={"Accept": "text/html"})
    founded = until_founded(cast, founder, http, key)

    assert refused.status_code == 503
    assert refused.headers["Retry-After"].isdigit()
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/unavailable"
    assert (searched.status_code, page.status_code) == (200, 200)
    assert founded.status_code == 201
    assert pids(cast.rig) == before


def test_full_disk_under_a_table_refuses_changes_and_answers_reads(
    cast: Cast, http: httpx.Client, founder: Person
):
    rig, key = cast.rig, str(new_id())
    before = pids(rig)
    with small_disk(rig.home / "small", 8) as place:
        administer(
            rig,
            f"create tablespace small location '{place}'",
            "alter table membership.outbox set tablespace small",
        )
        try:
            ballast = fill(place)
            refused = [found_union(cast, founder, http, str(new_id())) for _ in range(80)][-1]
            last = found_union(cast, founder, http, key)
            searched = http.post(f"{UNIONS}/searches", json={"text": "唐桥"})
            ballast.unlink()
            founded = until_founded(cast, founder, http, key)
        finally:
            (place / "ballast").unlink(missing_ok=True)
            administer(rig, "alter table membership.outbox set tablespace pg_default", "checkpoint")
            administer(rig, "drop tablespace small")

    assert refused.status_code == last.status_code == 503
    assert last.headers["Retry-After"].isdigit()
    assert "disk" not in last.text
    assert searched.status_code == 200
    assert founded.status_code == 201
    assert pids(rig) == before


def test_full_disk_under_the_uploads_refuses_them_and_nothing_else(
    cast: Cast, http: httpx.Client, clerk: Person
):
    bearer = {"Authorization": f"Bearer {clerk.token}"}
    sheet = {"file": ("名单.csv", os.urandom(3_000_000))}

    def upload() -> httpx.Response:
        return http.post(
            "/api/membership/v1/imports",
            files=sheet,
            data={"union_id": cast.union},
            headers=bearer | {"Idempotency-Key": str(new_id())},
        )

    with small_disk(cast.rig.home / "files" / "membership", 1):
        refused = upload()
        others = http.get("/api/membership/v1/applications?limit=1", headers=bearer)
    taken = upload()

    assert refused.status_code == 503
    assert refused.headers["Retry-After"].isdigit()
    assert others.status_code == 200
    assert taken.status_code in (202, 422)
