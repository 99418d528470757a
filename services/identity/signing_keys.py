"""The keys that sign user tokens: look at them, change them, take one back.

``python -m services.identity.signing_keys list``
``python -m services.identity.signing_keys rotate``          a new key signs after the lead time
``python -m services.identity.signing_keys revoke KID --reason …``  at once; who came by it is out
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from uuid import UUID

from services.chassis.data.store import open_store
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.refusals import Refusal, Unprocessable
from services.identity.domain.signing_keys import Rotation, key_id_of, kid_of
from services.identity.settings import Settings
from services.identity.store.tables import CHASSIS, SCHEMA
from services.identity.usecases.signing_keys.list_signing_keys import list_signing_keys
from services.identity.usecases.signing_keys.revoke_signing_key import revoke_signing_key
from services.identity.usecases.signing_keys.rotate_signing_key import rotate_signing_key


def main(words: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(words)
    try:
        told = asyncio.run(_carry_out(asked, Settings()))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="services.identity.signing_keys", description=__doc__)
    ways = parser.add_subparsers(dest="way", required=True)
    ways.add_parser("list", help="列出密钥及其状态")
    ways.add_parser("rotate", help="生成下一个密钥，公布一段时间后自动启用")
    revoke = ways.add_parser("revoke", help="立即作废一个密钥，用它签发的令牌随即失效")
    revoke.add_argument("kid")
    revoke.add_argument("--reason", required=True)
    return parser


async def _carry_out(asked: argparse.Namespace, settings: Settings) -> str:
    store = await open_store(settings, SCHEMA, CHASSIS, {})
    rotation = settings.policy.rotation
    try:
        async with store.begin(SYSTEM) as tx:
            if asked.way == "rotate":
                await rotate_signing_key(tx, rotation)
            elif asked.way == "revoke":
                await revoke_signing_key(tx, _named(asked.kid), asked.reason)
            return await _listed(tx, rotation)
    finally:
        await store.close()


def _named(kid: str) -> UUID:
    found = key_id_of(kid)
    if found is None:
        raise Unprocessable("请写出密钥的完整编号（kid），可用 list 查看。")
    return found


async def _listed(tx: Tx, rotation: Rotation) -> str:
    rows = await list_signing_keys(tx, rotation)
    return "".join(
        f"{kid_of(key.id)}\t{key.state}\t{key.signs_from.isoformat(timespec='seconds')}\n"
        for key in rows
    )


if __name__ == "__main__":
    sys.exit(main())
