"""Writes what the platform is made of, as CycloneDX 1.5: ``docs/sbom.json``, from the lock.

The licences come from the installed distributions, so it is written where the lock is installed.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from deploy.addresses import ROOT

LOCK = ROOT / "requirements.lock"
ASSETS = ROOT / "frontend" / "package-lock.json"
BILL = ROOT / "docs" / "sbom.json"


def pages() -> dict[Path, str]:
    return {BILL: json.dumps(bill(), ensure_ascii=False, indent=1) + "\n"}


def bill() -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "niangjia",
                "name": "niangjia",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [*_python(), *_assets()],
    }


def locked() -> list[tuple[str, str, list[str]]]:
    """Name, version and hashes of everything that the lock installs, where it installs it."""
    found = []
    for block in re.split(r"\n(?=[a-z0-9])", LOCK.read_text()):
        head = re.match(r"([a-z0-9][a-z0-9._-]*)==([^ ;\\\n]+)", block)
        if head:
            found.append((head[1], head[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", block)))
    return found


def licence_of(name: str) -> str:
    """As its metadata state it: an expression, else classifiers, else a few free words."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    stated = (told.get_all("License-Expression") or [""])[0]
    classes = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or [] if "License" in c]
    words = (told.get_all("License") or [""])[0].partition("\n")[0][:60]
    return str(stated or "; ".join(classes) or words)


def _python() -> list[dict[str, Any]]:
    made = []
    for name, version, hashes in locked():
        licence = licence_of(name)
        one: dict[str, Any] = {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "hashes": [{"alg": "SHA-256", "content": content} for content in hashes],
        }
        made.append(one | ({"licenses": [{"license": {"name": licence}}]} if licence else {}))
    return made


def _assets() -> list[dict[str, Any]]:
    packages = json.loads(ASSETS.read_text())["packages"]
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:npm/{_name(path)}@{one['version']}",
            "name": _name(path),
            "version": one["version"],
            "purl": f"pkg:npm/{_name(path).replace('@', '%40')}@{one['version']}",
            **({"licenses": [{"license": {"name": one["license"]}}]} if "license" in one else {}),
        }
        for path, one in sorted(packages.items())
        if path and not one.get("dev")
    ]


def _name(path: str) -> str:
    return path.rpartition("node_modules/")[2]


if __name__ == "__main__":
    BILL.write_text(pages()[BILL])
    sys.exit(0)
