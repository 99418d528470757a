"""The cluster of the local run: made whole or not at all, found again, stopped."""

import os
import socket
import time

import psycopg
import pytest

from deploy import binaries, cluster
from deploy.account import Account, reaches, unprivileged
from deploy.voice import Trouble


@pytest.fixture
def home(run_home, request):
    return run_home / f"{request.node.name}-{os.getpid()}"


@pytest.fixture
def own(home):
    made = cluster.open_cluster(home, durable=False, source=os.environ.get("NIANGJIA_PG", "any"))
    yield made
    cluster.stop(made)


def test_start_answers_an_address_that_works_and_compares_chinese_by_unicode(own):
    url = cluster.start(own, "secret")

    with psycopg.connect(url) as connection:
        row = connection.execute("select upper('é'), datctype from pg_database").fetchone()
    assert row == ("É", "C.UTF-8")


def test_start_twice_takes_over_the_running_cluster(own):
    first = cluster.start(own, "secret")

    assert cluster.start(own, "secret") == first


def test_start_after_a_kill_keeps_the_data_and_ignores_the_stale_pid_file(own):
    url = cluster.start(own, "secret")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set synchronous_commit = on")
        connection.execute("create table kept as select 1 as one")
    pid = int((own.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, 9)
    while cluster.running_port(own) is not None:
        time.sleep(0.05)

    url = cluster.start(own, "secret")

    with psycopg.connect(url) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_start_replaces_half_a_cluster(own):
    half = own.home / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")

    cluster.start(own, "secret")

    assert not half.exists()


def test_start_takes_another_port_when_its_own_is_taken(own):
    cluster.start(own, "secret")
    cluster.stop(own)
    usual = int((own.home / "port").read_text())
    with (
        socket.create_server(("127.0.0.1", usual)),
        psycopg.connect(cluster.start(own, "secret")) as connection,
    ):
        port = connection.info.port

    assert port != usual


def test_start_on_a_broken_cluster_says_one_sentence(own):
    cluster.start(own, "secret")
    cluster.stop(own)
    (own.data / "postgresql.conf").write_text("nonsense = true\n")

    with pytest.raises(Trouble) as trouble:
        cluster.start(own, "secret")

    assert "pg_ctl" in str(trouble.value)
    assert "\n" not in str(trouble.value)


def test_cluster_is_never_owned_by_root(own):
    cluster.start(own, "secret")

    assert own.data.stat().st_uid != 0


def test_choose_refuses_data_of_a_version_that_is_not_here():
    with pytest.raises(Trouble, match="PostgreSQL 14"):
        binaries.choose(14)


def test_choose_finds_the_package_where_the_machine_has_none():
    found = binaries.choose(source="pip")

    assert found.is_packaged
    assert found.major >= binaries.OLDEST


def test_reaches_says_no_behind_a_closed_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = Account(uid=54321, gid=54321)

    assert not reaches(stranger, closed / "inside")
    assert reaches(Account(os.geteuid(), os.getegid()), closed)


def test_unprivileged_is_ourselves_unless_we_are_root():
    assert unprivileged().uid != 0
