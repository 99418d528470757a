"""Known vulnerabilities of what we run on, honestly: ``make audit``.

"Could not be audited" is never green: it fails, unless ``waivers.toml`` says why not, until a day.
"""

import subprocess
import sys
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.addresses import ROOT
from deploy.voice import complain, say

LOCK = ROOT / "requirements.lock"
WAIVERS = ROOT / "deploy" / "waivers.toml"
UNAUDITED = ("could not be audited", "not found on PyPI", "Connection", "Timeout", "Max retries")


def waivers(path: Path = WAIVERS) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def judge(status: int, told: str, today: date, waived: dict[str, Any]) -> tuple[int, str]:
    """Clean, vulnerable, or not known; the last needs a waiver that has not run out."""
    if status == 0:
        return 0, "没有已知漏洞 no known vulnerabilities."
    if not any(mark in told for mark in UNAUDITED):
        return 1, "发现已知漏洞 known vulnerabilities: see above."
    found = waived.get("audit")
    if found is None or found["until"] < today:
        return 1, "无法核查漏洞，且没有有效豁免 could not be audited, and no waiver holds."
    until = f"{found['until']}: {found['reason']}"
    return 0, f"漏洞没有核查 NOT AUDITED, waived until {until}"


def run_out(today: date, waived: dict[str, Any]) -> list[str]:
    return [name for name, one in waived.items() if "until" in one and one["until"] < today]


def main() -> int:
    today, waived = datetime.now(ZoneInfo("Asia/Shanghai")).date(), waivers()
    done = subprocess.run(
        [Path(sys.executable).parent / "pip-audit", "--strict", "--disable-pip", "-r", LOCK],
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    say(told.strip()[-2000:])
    status, sentence = judge(done.returncode, told, today, waived)
    (say if status == 0 else complain)(sentence)
    late = run_out(today, waived)
    if late:
        complain(f"豁免已到期 waivers have run out: {', '.join(late)}")
    return max(status, int(bool(late)))


if __name__ == "__main__":
    sys.exit(main())
