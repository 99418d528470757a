"""The whole platform on this machine: ``make run``; Ctrl-C ends it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from deploy import cluster, supervise
from deploy.addresses import ROLES, ROOT, Database, named
from deploy.alone import check_ports, check_room, only_one
from deploy.children import Child, start
from deploy.keeper import Keeper
from deploy.parts import PARTS, Part, address, command, environment, everything, host, port
from deploy.private import make_passwords
from deploy.restart import Restarts
from deploy.site import Site, open_site
from deploy.voice import Trouble, complain, in_one_sentence, say

# A shell that starts us in the background has SIGINT ignored; all three end us.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(site: Site) -> None:
    with only_one(site) as lock, ExitStack() as ending:
        check_room(site)
        check_ports(site)
        admin_url, keeper = administrator(site, ending)
        database = prepared(site, admin_url)
        children = one_child(site, database) if site.small else many_children(site, database)
        ending.callback(undisturbed, supervise.stop, children[::-1])
        for child in children:
            start(child, lock)
        supervise.wait_until_ready(children)
        load_demonstration(site, database)
        greet(site)
        keeping = [] if keeper is None else [keeper.look_after]
        supervise.watch(children, lock, Restarts(site, children, lock).carry_out, *keeping)


def administrator(site: Site, ending: ExitStack) -> tuple[str, Keeper | None]:
    """The address of a given database server, or of our own, which is kept and stopped last."""
    given = os.environ.get("DATABASE_URL")
    if given:
        if not given.startswith(("postgresql://", "postgres://")):
            raise Trouble("DATABASE_URL 不对 is not postgresql://user:password@host:port/postgres.")
        return given, None
    ours = cluster.open_cluster(site.postgres, source=os.environ.get("NIANGJIA_PG", "any"))
    ending.callback(undisturbed, cluster.stop, ours)
    password = passwords(site)[cluster.ADMINISTRATOR]
    return cluster.start(ours, password), Keeper(ours, password)


def prepared(site: Site, admin_url: str) -> Database:
    """Done by a process of its own, which takes its memory away with it."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.prepare"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": admin_url},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Trouble((done.stderr.strip().splitlines() or ["deploy.prepare failed"])[-1])
    return Database(named(admin_url, site.database), passwords(site))


def passwords(site: Site) -> dict[str, str]:
    return make_passwords(site.passwords, (cluster.ADMINISTRATOR, *ROLES))


def many_children(site: Site, database: Database) -> list[Child]:
    return [
        Child(
            part.name,
            command(part),
            environment(part, site, database),
            site.logs / f"{part.name}.log",
            tuple(filter(None, [address(part, site)])),
            places(site, part),
        )
        for part in PARTS
    ]


def one_child(site: Site, database: Database) -> list[Child]:
    return [
        Child(
            "niangjia",
            [sys.executable, "-m", "deploy.host", *(part.name for part in PARTS)],
            everything(site, database),
            site.logs / "niangjia.log",
            tuple(filter(None, [address(part, site) for part in PARTS])),
            places(site, *PARTS),
        )
    ]


def places(site: Site, *parts: Part) -> dict[str, tuple[str, int]]:
    """Where each part listens; a worker listens nowhere."""
    known = ((part.name, host(part, site), port(part, site)) for part in parts)
    return {name: (where, number) for name, where, number in known if number is not None}


def load_demonstration(site: Site, database: Database) -> None:
    done, loader = site.home / "demo-loaded", ROOT / "deploy" / "demo" / "load.py"
    if done.exists() or not loader.exists() or os.environ.get("NIANGJIA_DEMO") == "0":
        return
    say("装入演示数据 loading demonstration data (once) …")
    loading = subprocess.run(
        [sys.executable, "-m", "deploy.demo.load"],
        cwd=ROOT,
        env={**everything(site, database), "NIANGJIA_URL": site.url},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if loading.returncode != 0:
        raise Trouble("演示数据没有装全 the demonstration data could not be loaded: see above.")
    done.touch()


def greet(site: Site) -> None:
    say(f"\n娘家已就绪 Niangjia is running: {site.url}")
    say(f"接口文档 API documentation: {site.url}/api/docs")
    say(f"短信验证码 phone codes of this machine: http://127.0.0.1:{site.port + 2}/local/codes")
    log_ins = site.home / "demo-logins.json"
    if log_ins.exists():
        say("演示账号 demonstration log-ins:")
        for entry in json.loads(log_ins.read_text()):
            say("  " + " · ".join(str(value) for value in entry.values()))
    for sheet in sorted((site.home / "demo").glob("*名单*")):
        say(f"可供上传的名单 a sheet to upload: {sheet}")
    say(f"日志 logs: {site.logs} · Ctrl-C 停止 stops everything.")


def undisturbed(end: Callable[..., None], *arguments: Any) -> None:
    """Whoever presses Ctrl-C twice still gets a clean ending."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    end(*arguments)


def main() -> int:
    for number in ENDING:
        signal.signal(number, signal.default_int_handler)
    try:
        run(open_site())
    except KeyboardInterrupt:
        say("\n已停止，数据保留 stopped; the data are kept.")
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    except OSError as error:
        complain(in_one_sentence(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
