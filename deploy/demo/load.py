"""Loads the demonstration once: ``python -m deploy.demo.load``, called by the local run.

Everything but the first union and the accounts goes through the public API, as an office would
do it; the same seed gives the same county each time.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pyotp

from deploy.addresses import ROOT
from deploy.demo import county
from deploy.demo.office import Desk, Refused, admit_batch, import_sheet, log_in
from deploy.demo.people import Courier, couriers
from deploy.demo.platform_company import register_company
from deploy.demo.sheets import story, write_story_csv, write_story_xlsx
from deploy.demo.single import load_single_applications
from deploy.demo.template import write_sheet
from deploy.private import write_private
from deploy.voice import complain, say

SEED = 20260301
UNDECIDED = county.TOWNS[4][0]  # this town's list waits for the reviewer


@dataclass(slots=True)
class Loading:
    """One run of the loader: where it speaks, what it keeps, whom and what it has made."""

    http: httpx.Client
    home: Path
    password: str = field(default_factory=lambda: f"Tang-qiao-{secrets.randbelow(10**6):06d}")
    secrets: dict[str, str] = field(default_factory=dict)
    unions: dict[str, dict[str, Any]] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.home / "demo"

    def desk(self, account: str) -> Desk:
        """Each account logs in once, since each of its codes works once."""
        if account not in self.desks:
            secret = self.secrets[account]
            self.desks[account] = log_in(self.http, account, self.password, secret)
        return self.desks[account]


def main() -> int:
    home = Path(os.environ["NIANGJIA_HOME"])
    (home / "demo").mkdir(mode=0o700, exist_ok=True)
    with httpx.Client(base_url=os.environ["NIANGJIA_URL"], timeout=60) as http:
        try:
            load(Loading(http, home))
        except (Refused, httpx.HTTPError, TimeoutError, subprocess.CalledProcessError) as error:
            complain(f"演示数据 demonstration data: {error}")
            return 1
    return 0


def load(loading: Loading) -> None:
    found_unions(loading)
    make_accounts(loading, county.STAFF[1:])
    enrol_people(loading)
    load_single_applications(loading.desk("li.jingban"), loading.desk("wu.shenhe"), _town(loading))
    register_company(
        loading.desk("sun.guanli"), loading.desk("zhou.anquan"), _town(loading), loading.home
    )
    write_story_sheets(loading.folder)
    tell_log_ins(loading)


def found_unions(loading: Loading) -> None:
    """The topmost union by its command, the other ones by the city's reviewer."""
    top = _command(
        "services.membership.bootstrap",
        *("--name", county.CITY_NAME, "--level", str(county.CITY)),
        *("--division", county.CITY_DIVISION, "--phone", "0512-5600-0000"),
    )
    loading.unions[county.CITY_NAME] = json.loads(top)
    make_accounts(loading, county.STAFF[:1])
    reviewer = loading.desk(county.STAFF[0].account)
    for office in county.offices():
        body = office.body(loading.unions[office.parent]["id"])
        loading.unions[office.name] = reviewer.post("/membership/v1/unions", body)
    say(f"  工会 unions: {len(loading.unions)}")


def make_accounts(loading: Loading, staff: Iterable[county.Person]) -> None:
    """Accounts with a second factor whose codes the loopback page shows."""
    people = [_account(loading, person) for person in staff]
    file = loading.home / "demo" / "accounts.json"
    write_private(file, json.dumps(people))
    _command("services.identity.seed_demo", str(file))
    file.unlink()


def enrol_people(loading: Loading) -> None:
    """Each town's people by a sheet; the county's reviewer admits all lists but one."""
    clerk, reviewer = loading.desk("feng.jingban"), loading.desk("wang.shenhe")
    for town, people in _people_by_town().items():
        sheet = loading.folder / f"{town}名单.xlsx"
        write_sheet(sheet, people)
        made = import_sheet(clerk, sheet, loading.unions[county.catching_union(town)]["id"])
        sheet.unlink()
        if town != UNDECIDED:
            admit_batch(reviewer, made["id"])
        say(f"  {town}: {made['counts']['applied']}")


def write_story_sheets(folder: Path) -> None:
    """The faulty list that a visitor can upload, as a spreadsheet and as GBK text."""
    rows = story().rows
    write_story_xlsx(folder / "唐桥镇快递员名单.xlsx", rows)
    write_story_csv(folder / "唐桥镇快递员名单（GBK）.csv", rows)


def tell_log_ins(loading: Loading) -> None:
    told = [
        {"role": p.title, "account": p.account, "password": loading.password} for p in county.STAFF
    ]
    write_private(loading.home / "demo-logins.json", json.dumps(told, ensure_ascii=False))
    write_private(loading.home / "demo-secrets.json", json.dumps(loading.secrets))


def _people_by_town() -> dict[str, Sequence[Courier]]:
    """Equal shares; two people of the story's sheet are members already, one of them elsewhere."""
    everybody, share = couriers(SEED), county.PEOPLE // len(county.TOWNS)
    taken = {person.phone for person in story().people}
    found: dict[str, Sequence[Courier]] = {}
    for town, *_ in county.TOWNS:
        fresh = (person for person in everybody if person.phone not in taken)
        found[town] = list(islice(fresh, share))
    found[county.STORY_TOWN] = [*found[county.STORY_TOWN], story().registered]
    found[county.OTHER_TOWN] = [*found[county.OTHER_TOWN], story().elsewhere]
    return found


def _account(loading: Loading, person: county.Person) -> dict[str, Any]:
    union = loading.unions[person.union]
    loading.secrets[person.account] = pyotp.random_base32()
    grant = {
        "union_id": union["id"],
        "union_path": union["path"],
        "union_name": union["name"],
        "role": person.role,
    }
    return {
        "account": person.account,
        "name": person.name,
        "password": loading.password,
        "totp_secret": loading.secrets[person.account],
        "grants": [grant],
    }


def _town(loading: Loading) -> str:
    return str(loading.unions[county.catching_union(county.STORY_TOWN)]["id"])


def _command(module: str, *words: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if ran.returncode != 0:
        said = (ran.stderr.strip().splitlines() or [module])[-1]
        raise Refused(ran.returncode, {"detail": said})
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())
