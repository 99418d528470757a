"""Where the story is played: a running platform, its demonstration log-ins, and one who tells."""

import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from deploy.addresses import ROOT
from deploy.demo.office import Desk, Json, log_in
from deploy.demo.people import Courier, couriers
from deploy.voice import Trouble, say

PATIENCE = 60
CODE_ARRIVES_WITHIN = 10.0
# The parts of a telling: who joins by the poster, the people of each list, a company's riders.
JOINER, FIRST_LIST, SECOND_LIST, RIDERS = 0, 1, 2, 3
NOT_RUNNING = (
    "没有找到正在运行的平台 no running platform at {url}: "
    "先运行 make run，换过端口或目录的请给同样的 PORT 和 NIANGJIA_HOME "
    "(start it with make run, and give the same PORT and NIANGJIA_HOME)."
)


class Surprise(Exception):
    """The platform did something else than the story says."""


def expect(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise Surprise(f"{what}：应为 {wanted}，实际是 {found}")


@dataclass(slots=True)
class Stage:
    """The platform as the story's people meet it; each member of staff logs in once."""

    http: httpx.Client
    home: Path
    port: int
    sheets: Path
    passwords: dict[str, str]
    secrets: dict[str, str]
    seed: int = field(default_factory=lambda: secrets.randbelow(10**9))
    started_at: float = field(default_factory=time.monotonic)
    told_at: float = field(default_factory=time.monotonic)
    desks: dict[str, Desk] = field(default_factory=dict)

    def chapter(self, title: str) -> None:
        say(f"\n{title}")

    def tell(self, sentence: str) -> None:
        """One line a step, with the seconds since the step before."""
        now = time.monotonic()
        say(f"  {now - self.told_at:6.2f} 秒  {sentence}")
        self.told_at = now

    def nobody(self) -> Desk:
        """Somebody who is not logged in."""
        return Desk(self.http)

    def desk(self, account: str) -> Desk:
        if account not in self.desks:
            password, secret = self.passwords[account], self.secrets[account]
            self.desks[account] = log_in(self.http, account, password, secret)
        return self.desks[account]

    def divisions(self, part: int) -> list[str]:
        """Where the people of one part were born, so that nobody is in two parts or tellings."""
        random = Random(self.seed * 10 + part)  # noqa: S311  # demonstration data, no secret
        return [f"{random.randrange(11, 66)}{random.randrange(1, 10_000):04d}" for _ in range(8)]

    def people(self, part: int) -> Iterator[Courier]:
        """Those of one part of this telling."""
        return couriers(self.seed * 10 + part, self.divisions(part))

    def union(self, name: str) -> Json:
        """As everybody finds it."""
        found = self.nobody().post("/membership/v1/unions/searches", {"text": name})
        return next(union for union in found["items"] if union["name"] == name)

    def phone_code(self, phone: str) -> str:
        """As it stands on the page that only this machine can open."""
        url = f"http://127.0.0.1:{self.port + 2}/local/codes.json"
        end = time.monotonic() + CODE_ARRIVES_WITHIN
        while time.monotonic() < end:
            sent = httpx.get(url, timeout=5).json()["phone_codes"]
            if code := next((one["code"] for one in sent if one["phone"] == phone), None):
                return str(code)
            time.sleep(0.1)
        raise Surprise(f"{CODE_ARRIVES_WITHIN:.0f} 秒内没有收到验证码")


def open_stage(home: Path, url: str, sheets: Path) -> Stage:
    """Raises Trouble where no platform runs, or one without the demonstration."""
    http = httpx.Client(base_url=url, timeout=PATIENCE)
    log_ins, kept = home / "demo-logins.json", home / "demo-secrets.json"
    try:
        http.get("/readyz").raise_for_status()
        passwords = {one["account"]: one["password"] for one in json.loads(log_ins.read_text())}
        own = json.loads(kept.read_text())
    except (httpx.HTTPError, OSError, ValueError) as error:
        http.close()
        raise Trouble(NOT_RUNNING.format(url=url)) from error
    return Stage(http, home, http.base_url.port or 80, sheets, passwords, own)


def this_machine() -> tuple[Path, str]:
    """The home and the address that ``make run`` uses with the same environment."""
    home = Path(os.environ.get("NIANGJIA_HOME") or ROOT / ".local").absolute()
    return home, f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}"
