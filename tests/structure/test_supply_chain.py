"""What we are made of is locked, listed, licensed and old enough; no secret was ever committed."""

import re
import subprocess
import tomllib
from datetime import date
from importlib.metadata import distribution
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy import audit, bill

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock", ROOT / "deploy" / "npm.lock"]
# Ours is Apache-2.0: what stands here may be used by it, also where the whole is given to others.
ALLOWED = {
    "0BSD", "Apache Software License", "Apache-2.0", "BSD License", "BSD-2-Clause", "BSD-3-Clause",
    "CC0-1.0", "GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-3.0-only", "MIT",
    "MIT License", "MIT-0", "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0",
    "Python Software Foundation License", "Zlib",
}  # fmt: skip
SECRETS = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bwhsec_[A-Za-z0-9+/]{43}=",
    r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    r'"kty"[^}]{0,200}"d"\s*:\s*"[A-Za-z0-9_-]{43}"',
    r'"kek-[^"]*"\s*:\s*"[A-Za-z0-9+/]{43}="',
)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_everything_is_locked_to_one_version_with_its_hashes(lock: Path):
    blocks = [b for b in re.split(r"\n(?=[a-z0-9])", lock.read_text()) if re.match("[a-z0-9]", b)]

    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+(\[[a-z]+\])?==[^ ]+", block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_installing_checks_the_hashes():
    for place in ("deploy/environment.sh", "deploy/Dockerfile", "deploy/systemd/install.sh"):
        assert "--require-hashes" in (ROOT / place).read_text(), place


def test_a_version_is_a_week_old_before_we_take_it_or_waived_until_a_day():
    told = PROJECT["tool"]["uv"]
    waived = audit.waivers()["cool-down"]

    assert told["exclude-newer"] == "7 days"
    assert sorted(told["exclude-newer-package"]) == sorted(waived["packages"])
    assert isinstance(waived["until"], date)
    assert waived["reason"]


def test_the_bill_of_materials_is_what_the_lock_says_and_valid():
    text = bill.BILL.read_text()

    assert text == bill.pages()[bill.BILL], "run `make fix`"
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(text) is None


@pytest.mark.parametrize("name", [name for name, _, _ in bill.locked()])
def test_what_runs_is_under_a_licence_that_we_may_use(name: str):
    licence = bill.licence_of(name) or None
    if licence is None:
        pytest.skip("not installed on this platform")

    stated = re.split(r";\s*|\s+AND\s+|\s+OR\s+", licence.replace("(Apache", "Apache").strip())
    words = {word.strip().removesuffix(")") if "(" not in word else word for word in stated}

    assert words <= ALLOWED, distribution(name).metadata["Name"]


def test_no_secret_was_ever_committed():
    inside = subprocess.run(
        ["git", "rev-parse", "--is-inside-work-tree"], cwd=ROOT, capture_output=True, check=False
    )
    if inside.returncode != 0:
        pytest.skip("not a repository")
    log = subprocess.Popen(
        ["git", "log", "--all", "-p", "--no-color", "--unified=0", "--no-ext-diff"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace",
    )  # fmt: skip
    pattern = re.compile("|".join(SECRETS))
    with log:
        found = [line[:60] for line in log.stdout or () if line[:1] == "+" and pattern.search(line)]

    assert found == []


def test_the_canary_sings():
    made_up = {
        "-----BEGIN EC PRIVATE " + "KEY-----",
        "AKIA" + "A" * 16,
        "whsec_" + "A" * 43 + "=",
        '{"kty": "OKP", "d": "' + "A" * 43 + '"}',
        '"kek-1": "' + "A" * 43 + '="',
    }

    for one in made_up:
        assert re.search("|".join(SECRETS), one), one


@pytest.mark.parametrize(
    ("status", "told", "waiver", "expected"),
    [
        (0, "No known vulnerabilities found", {}, 0),
        (1, "Found 1 known vulnerability in 1 package", {"until": date(2027, 1, 1)}, 1),
        (1, "x: Dependency not found on PyPI and could not be audited", {}, 1),
        (1, "could not be audited", {"until": date(2026, 3, 1), "reason": "mirror"}, 1),
        (1, "could not be audited", {"until": date(2026, 3, 3), "reason": "mirror"}, 0),
    ],
)
def test_what_could_not_be_audited_is_never_green_without_a_waiver(status, told, waiver, expected):
    waived = {"audit": waiver} if waiver else {}

    found, sentence = audit.judge(status, told, date(2026, 3, 2), waived)

    assert found == expected
    assert ("NOT AUDITED" in sentence) == (status == 1 and expected == 0)


def test_a_waiver_that_has_run_out_is_named():
    assert audit.run_out(date(2026, 3, 2), {"old": {"until": date(2026, 3, 1)}}) == ["old"]
