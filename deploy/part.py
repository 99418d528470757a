"""One part in the foreground, as containers and units start it: ``python -m deploy.part gateway``.

``migrate`` brings the schemas whose ``…_MIGRATION_URL`` is set to their newest revision;
``backup``, ``restore``, ``drill`` and ``metrics`` take the words of their own commands.
"""

import os
import subprocess
import sys

from deploy.addresses import ROOT, SERVICES
from deploy.parts import PARTS, command
from deploy.voice import complain

COMMANDS = {
    "backup": "deploy.backup",
    "restore": "deploy.restore",
    "drill": "deploy.drill",
    "metrics": "deploy.metrics",
}


def words(name: str, rest: list[str]) -> list[list[str]]:
    """The command lines of a part or task, to be carried out one after another."""
    parts = {part.name: command(part) for part in PARTS}
    if name in parts and not rest:
        return [parts[name]]
    if name in COMMANDS:
        return [[sys.executable, "-m", COMMANDS[name], *rest]]
    if name == "migrate" and not rest:
        told = [one for one in SERVICES if os.environ.get(f"{one.upper()}_MIGRATION_URL")]
        return [[sys.executable, "-m", "alembic", "-n", one, "upgrade", "head"] for one in told]
    return []


def main() -> int:
    asked = sys.argv[1:] or [""]
    lines = words(asked[0], asked[1:])
    if not lines:
        known = ", ".join((*(part.name for part in PARTS), "migrate", *COMMANDS))
        complain(
            f"没有可做的 nothing to do for {' '.join(asked)!r}: {known}; see docs/settings.md."
        )
        return 2
    os.chdir(ROOT)
    if len(lines) == 1:  # the part takes our place, so that signals reach it
        os.execv(lines[0][0], lines[0])  # noqa: S606  one of our own command lines
    return max(subprocess.run(line, check=False).returncode for line in lines)


if __name__ == "__main__":
    sys.exit(main())
