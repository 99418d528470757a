"""P5: members found by name as a clerk types it, against ``pgbench`` on the same statements.

Included: the frontend whole (form token, the call, presenters, template), the gateway with
credentials and limits, the service, the audit row written by the same statement and its commit.
Left out: TLS, the browser and its session. One caller, one search at a time: whole names, two
characters inside a name and pinyin initials in turn, of members spread over the whole register.
``pgbench`` runs the very statements that the service sends, with their values, over one connection;
both take turns, and the ratio is the median of the rounds'. ``python -m bench.p5_name_search
[members]``.
"""

import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg as psycopg_dialect
from sqlalchemy.sql import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from bench.callers import bearer, clerk
from bench.load import Measured, drive, request
from bench.members import Register, fill
from bench.platform import Platform, platform
from deploy.binaries import choose
from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.data.store import open_store
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.names import pinyin
from services.membership.app import MEMBERSHIP
from services.membership.usecases.members.find_members import find_members

MEMBERS = 100_000
ASKED = 40  # different people for each way of naming them
ROWS = 20
ROUNDS = 7
SECONDS = 3
GOAL = 3.0
TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')


class NotSentError(Exception):
    """Carries the compiled statement that would have gone to the database."""


class Noting(Read):
    """A read that stops where its statement is complete."""

    async def rows(self, query: Executable) -> NoReturn:
        compiled = query.compile(  # type: ignore[attr-defined]  # a Select compiles
            dialect=psycopg_dialect(),  # type: ignore[no-untyped-call]  # SQLAlchemy's own class
            compile_kwargs={"render_postcompile": True},
        )
        raise NotSentError(compiled)


@dataclass(frozen=True, slots=True)
class Found:
    """What one way of naming people took: the page, and the statements alone in milliseconds."""

    page: list[Measured]
    alone: list[float]

    @property
    def p50(self) -> float:
        return statistics.median(one.p50 for one in self.page)

    @property
    def ratio(self) -> float:
        mean = [statistics.fmean(one.milliseconds) for one in self.page]
        return statistics.median(one / other for one, other in zip(mean, self.alone, strict=True))


def main(members: int) -> int:
    with platform(FRONTEND_ROWS=str(ROWS), MEMBERSHIP_LOOP_PAUSE="5") as ours:
        register = asyncio.run(fill(ours, members))
        print(f"    {members:,} members in 50 towns; {ROUNDS} rounds of {SECONDS} s each way")
        ratio = max(found.ratio for found in measure(ours, register).values())
    verdict = "met" if ratio <= GOAL else "MISSED"
    print(f"P5 the slowest way / pgbench {ratio:5.2f}  goal <= {GOAL:.0f}: {verdict}")
    return 0 if ratio <= GOAL else 1


def measure(ours: Platform, register: Register) -> dict[str, Found]:
    """Each way of naming people, told as it is found."""
    actor = clerk(register.county, register.county_path)
    asked = texts(register)
    statements = asyncio.run(statements_of(ours, actor, chain.from_iterable(asked.values())))
    found = {}
    for name, words in asked.items():
        found[name] = measure_one(ours, actor, words, [statements[text] for text in words])
        tell(name, found[name])
    return found


def texts(register: Register) -> dict[str, list[str]]:
    """What a clerk types for people spread over the register."""
    names = register.names[:: len(register.names) // ASKED][:ASKED]
    return {
        "whole names": names,
        "two characters": [name[-2:] for name in names],
        "initials": [pinyin(name)[1] for name in names],
    }


async def statements_of(ours: Platform, actor: Actor, words: Iterable[str]) -> dict[str, str]:
    settings = ours.settings()
    store = await open_store(settings, MEMBERSHIP.name, MEMBERSHIP.tables, MEMBERSHIP.tells)
    found = {}
    for text in words:
        try:
            await find_members(actor, Noting(store, actor, utc_now()), Cut(ROWS), text)
        except NotSentError as noted:
            found[text] = noted.args[0]
    await store.close()
    with psycopg.connect(ours.owner_url()) as connection:
        return {text: repeatable(filled(connection, one)) for text, one in found.items()}


def filled(connection: psycopg.Connection, statement: SQLCompiler) -> str:
    """The statement with its values in it, as any client could send it."""
    return psycopg.ClientCursor(connection).mogrify(
        str(statement), {name: plain(value) for name, value in statement.params.items()}
    )


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb(value)
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, StrEnum) else value


def repeatable(statement: str) -> str:
    """Its audit row gets a new id each time."""
    made = re.sub(r"VALUES \('[0-9a-f]{32}'", "VALUES (gen_random_uuid()", statement, count=1)
    assert made != statement
    return " ".join(f"{made};".split())


def measure_one(
    ours: Platform, actor: Actor, words: Sequence[str], statements: Sequence[str]
) -> Found:
    found = Found([], [])
    with tempfile.TemporaryDirectory(prefix="niangjia-p5-") as folder:
        scripts = written(Path(folder), statements)
        for number in range(ROUNDS + 1):
            asked = searches(ours, actor, words)
            driven = asyncio.run(drive(ours.frontend, asked, connections=1, seconds=SECONDS))
            latency = pgbench(ours, scripts)
            if number:  # the first round warms up
                found.page.append(driven)
                found.alone.append(latency)
    return found


def tell(name: str, found: Found) -> None:
    p99 = statistics.median(one.p99 for one in found.page)
    print(
        f"    {name:<15} page p50 {found.p50:5.1f} ms, p99 {p99:5.1f} ms; "
        f"pgbench {statistics.median(found.alone):6.2f} ms; ratio {found.ratio:.2f}"
    )


def searches(ours: Platform, actor: Actor, words: Sequence[str]) -> list[bytes]:
    """The part of the page that htmx asks for, as the clerk types."""
    person = bearer(ours, actor)
    with urlopen(Request(f"http://127.0.0.1:{ours.frontend}/members", headers=person)) as answer:
        token = TOKEN.search(answer.read().decode())
    assert token is not None
    form = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
    bodies = [urlencode({"_csrf": token[1], "text": text}).encode() for text in words]
    return [request("POST", "/members/searches", person | form, body) for body in bodies]


def written(folder: Path, statements: Sequence[str]) -> list[Path]:
    scripts = [folder / f"{number}.sql" for number in range(len(statements))]
    for script, statement in zip(scripts, statements, strict=True):
        script.write_text(statement)
    return scripts


def pgbench(ours: Platform, scripts: Sequence[Path]) -> float:
    """Mean milliseconds of one statement."""
    command: list[Any] = [
        choose().folder / "pgbench",
        "-n",
        "-c1",
        "-T",
        str(SECONDS),
        ours.owner_url(),
    ]
    files = [part for script in scripts for part in ("-f", script)]
    asked = [*command[:-1], *files, command[-1]]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    latency = re.search(r"latency average = ([\d.]+) ms", done.stdout)
    assert latency is not None, done.stdout + done.stderr
    return float(latency[1])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS))
