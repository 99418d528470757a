"""No real person's number gets into the repository (PII-11)."""

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from stdnum.iso7064 import mod_11_2

ROOT = Path(__file__).resolve().parents[2]
# No place has this code, so nobody has a number that begins with it.
NOWHERE = "320599"
PUBLISHED = {"11010519491231002X", "440524188001010014"}  # the examples of GB 11643
# Made up before the rule was: nothing may be added; take a number of NOWHERE instead.
MADE_UP = {
    "110101199003070134",
    "320100200002290010",
    "320582199003070010",
    "320582199603057776",
}
NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
BINARY = {".woff2", ".png", ".ico", ".lock"}


def texts() -> Iterator[tuple[str, str]]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, names.stdout.split("\0")):
        path = ROOT / name
        if path.suffix not in BINARY and path.is_file():
            yield name, path.read_text(encoding="utf-8", errors="ignore")


def is_somebodys(number: str) -> bool:
    """Whether the number could be a person's: a birthday and the right check digit."""
    try:
        datetime.strptime(number[6:14], "%Y%m%d")  # noqa: DTZ007  # a day, no instant
    except ValueError:
        return False
    return bool(mod_11_2.is_valid(number.upper()))


def test_every_identity_number_in_the_repository_is_made_up():
    found = {
        (name, number.upper())
        for name, text in texts()
        for number in NUMBER.findall(text)
        if is_somebodys(number) and not number.startswith(NOWHERE)
    }

    assert {number for _, number in found} - PUBLISHED - MADE_UP == set(), sorted(found)
