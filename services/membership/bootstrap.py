"""Enters the topmost union of a fresh installation, and prints its id and path.

``python -m services.membership.bootstrap --name 江临县总工会 --level 2 --division 320599``
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from services.chassis.data.store import open_store
from services.chassis.edge.key_service import key_service
from services.chassis.kernel.refusals import Refusal
from services.membership.app import MEMBERSHIP
from services.membership.domain.union import JOINT, LOCAL, Level
from services.membership.domain.union_facts import UnionFacts
from services.membership.settings import Settings
from services.membership.usecases.unions.found_topmost_union import found_topmost_union


def main(words: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(words)
    try:
        made = asyncio.run(_carry_out(asked))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(json.dumps(made, ensure_ascii=False) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="services.membership.bootstrap", description=__doc__)
    parser.add_argument("--name", required=True)
    parser.add_argument("--level", type=int, required=True, choices=[int(level) for level in Level])
    parser.add_argument("--division", required=True, help="行政区划代码，6、9 或 12 位")
    parser.add_argument("--phone", help="公开的联系电话")
    parser.add_argument("--address")
    return parser


async def _carry_out(asked: argparse.Namespace) -> dict[str, str]:
    """The topmost union's id, path and name."""
    facts = UnionFacts(
        name=asked.name,
        level=asked.level,
        kind=JOINT if asked.level == Level.GRASSROOTS else LOCAL,
        division=asked.division,
        phone=asked.phone,
        address=asked.address,
    )
    service = MEMBERSHIP
    settings = Settings()
    keys = key_service(settings)
    store = await open_store(settings, service.name, service.tables, service.tells, keys=keys)
    try:
        async with store.begin() as tx:
            union = await found_topmost_union(tx, facts)
            return {"id": str(union.id), "path": union.path, "name": union.name}
    finally:
        await store.close()


if __name__ == "__main__":
    sys.exit(main())
