"""Creates the first administrator, security officer or auditor, and prints the activation code.

``python -m services.identity.bootstrap --account zhou.anquan --role security_officer
--phone 13800001234 --union-id … --union-name 江临县总工会``
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from uuid import UUID

from services.chassis.data.store import open_store
from services.chassis.data.tx import Tx
from services.chassis.edge.key_service import key_service
from services.chassis.kernel.actors import SYSTEM, Role
from services.chassis.kernel.identifiers import InvalidIdentifier, parse_mobile
from services.chassis.kernel.refusals import Refusal, Unprocessable
from services.identity.domain.roles import OVERSIGHT
from services.identity.settings import Settings
from services.identity.store import unions
from services.identity.store.tables import CHASSIS, SCHEMA
from services.identity.usecases.accounts.bootstrap_account import bootstrap_account
from services.identity.usecases.accounts.create_account import Invited, NewAccount


def main(words: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(words)
    try:
        invited = asyncio.run(_carry_out(asked, Settings()))
    except (Refusal, InvalidIdentifier) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(
        f"账号 {asked.account} 已创建。激活码只显示这一次，请当面交给本人：\n"
        f"{invited.activation_code}\n"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="services.identity.bootstrap", description=__doc__)
    parser.add_argument("--account", required=True)
    parser.add_argument("--role", required=True, choices=sorted(OVERSIGHT))
    parser.add_argument("--phone", required=True)
    parser.add_argument("--name", help="默认与账号相同")
    parser.add_argument("--union-id", type=UUID, help="默认为最高一级工会")
    parser.add_argument("--union-name", help="工会尚未同步时必填")
    return parser


async def _carry_out(asked: argparse.Namespace, settings: Settings) -> Invited:
    store = await open_store(settings, SCHEMA, CHASSIS, {}, keys=key_service(settings))
    try:
        async with store.begin(SYSTEM) as tx:
            union_id = await _union(tx, asked.union_id, asked.union_name)
            name, phone = asked.name or asked.account, parse_mobile(asked.phone)
            new = NewAccount(asked.account, name, phone, union_id)
            return await bootstrap_account(tx, settings.policy, new, Role(asked.role))
    finally:
        await store.close()


async def _union(tx: Tx, union_id: UUID | None, name: str | None) -> UUID:
    """The union at the top, unless one is named; a fresh installation has heard of none yet."""
    if union_id is not None and name is not None and not await unions.is_known(tx, union_id):
        await unions.put(tx, union_id, f"{union_id.hex}/", name)
    if union_id is not None:
        return union_id
    top = await unions.root(tx)
    if top is None:
        raise Unprocessable("请用 --union-id 和 --union-name 指明最高一级工会。")
    return top.id


if __name__ == "__main__":
    sys.exit(main())
