"""Who tells the stories: unions, accounts and tellers of a fresh platform."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import pyotp

from deploy.demo.people import couriers
from deploy.demo.single import agreed
from deploy.private import write_private
from tests.faults.client import Json, Person, staff
from tests.faults.ledger import Ledger
from tests.faults.rig import Rig
from tests.faults.stories import Teller

PASSWORD = "Tang-qiao-204816"
TOWN = {"level": 3, "kind": "9", "division": "320582101"}
COUNTY = {"level": 2, "kind": "9", "division": "320582"}
CATCHING = {"level": 4, "kind": "1", "division": "320582101", "catches_all": True}


@dataclass(frozen=True, slots=True)
class Cast:
    """The unions of one platform and the log-ins into it."""

    rig: Rig
    secrets: dict[str, str]
    town: str
    union: str
    poster: str
    consents: list[Json]

    def person(self, http: httpx.Client, account: str) -> Person:
        return staff(http, account, PASSWORD, self.secrets[account])

    def teller(
        self, number: int, seed: int, ledger: Ledger, folder: Path, closing: ExitStack
    ) -> Teller:
        http = closing.enter_context(httpx.Client(base_url=self.rig.url, timeout=30))
        # Nobody is born in two tellers' divisions, nor in those of another run on this platform.
        random = Random(seed * 100 + number)
        divisions = [f"{random.randrange(11, 66)}{random.randrange(1, 10_000):04d}" for _ in "1234"]
        return Teller(
            name=str(number),
            clerk=self.person(http, f"clerk.{number}"),
            reviewer=self.person(http, f"reviewer.{number}"),
            http=http,
            people=couriers(seed * 100 + number, divisions),
            ledger=ledger,
            random=random,
            folder=folder,
            union=self.union,
            poster=self.poster,
            town=self.town,
            codes_url=f"{self.rig.address('identity')}/local/codes.json",
            consents=self.consents,
        )


def gather(rig: Rig, tellers: int) -> Cast:
    """A city, a county, a town and its union; two accounts for each teller and an auditor."""
    words = ("--name", "江州市总工会", "--level", "1", "--division", "320500")
    city = json.loads(rig.command("services.membership.bootstrap", *words))
    accounts = [("founder", "reviewer"), ("auditor", "auditor"), ("poster", "clerk")]
    accounts += [(f"clerk.{n}", "clerk") for n in range(tellers)]
    accounts += [(f"reviewer.{n}", "reviewer") for n in range(tellers)]
    secrets = {account: pyotp.random_base32() for account, _ in accounts}
    _make_accounts(rig, city, accounts, secrets)
    with httpx.Client(base_url=rig.url, timeout=30) as http:
        founder = staff(http, "founder", PASSWORD, secrets["founder"])
        clerk = staff(http, "poster", PASSWORD, secrets["poster"])
        above = city["id"]
        for name, facts in (("江临县总工会", COUNTY), ("唐桥镇总工会", TOWN)):
            above = _found(founder, name, above, facts)
        union = _found(founder, "唐桥镇新就业形态劳动者联合工会", above, CATCHING)
        poster = clerk.get(f"/membership/v1/unions/{union}/poster-code")["code"]
        return Cast(rig, secrets, above, union, poster, agreed(clerk))  # type: ignore[arg-type]


def _found(founder: Person, name: str, above: str, facts: Json) -> str:
    body = {"name": name, "parent_id": above, **facts}
    return str(founder.post("/membership/v1/unions", body)["id"])


def _make_accounts(
    rig: Rig, city: Json, accounts: list[tuple[str, str]], secrets: dict[str, str]
) -> None:
    where = {"union_id": city["id"], "union_path": city["path"], "union_name": city["name"]}
    people = [
        {
            "account": account,
            "name": "张三",
            "password": PASSWORD,
            "totp_secret": secrets[account],
            "grants": [{**where, "role": role}],
        }
        for account, role in accounts
    ]
    file = rig.home / "accounts.json"
    write_private(file, json.dumps(people))
    rig.command("services.identity.seed_demo", str(file))
