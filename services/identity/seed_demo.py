"""Creates the people of the demonstration from a JSON file; refuses outside mode ``local``.

``python -m services.identity.seed_demo people.json`` where the file holds a list of people:
``{account, name, phone, password, totp_secret, grants}``, and each of the grants is
``{union_id, union_path, union_name, role}``.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.chassis.data.store import open_store
from services.chassis.edge.key_service import key_service
from services.chassis.kernel.actors import SYSTEM, Role
from services.chassis.kernel.refusals import Refusal
from services.identity.domain.passwords import normalised
from services.identity.settings import Settings
from services.identity.store.password_hashes import PasswordHashes
from services.identity.store.tables import CHASSIS, SCHEMA
from services.identity.usecases.accounts.seed_account import (
    SeedAccount,
    SeedGrant,
    seed_account,
)


class GrantIn(BaseModel):
    union_id: UUID
    union_path: Annotated[str, Field(pattern=r"^([0-9a-f]{32}/)+$")]
    union_name: str
    role: Role


class PersonIn(BaseModel):
    account: str
    name: str
    phone: str = "13900000000"
    password: str
    totp_secret: Annotated[str, Field(pattern=r"^([A-Z2-7]{8}){3,8}$")]
    grants: Annotated[list[GrantIn], Field(min_length=1)]


PEOPLE = TypeAdapter(list[PersonIn])


def main(words: Sequence[str]) -> int:
    settings = Settings()
    if settings.mode != "local":
        sys.stderr.write("演示账号只能在本机演示模式下创建。\n")
        return 2
    if len(words) != 1:
        sys.stderr.write("用法：python -m services.identity.seed_demo 文件.json\n")
        return 2
    try:
        people = PEOPLE.validate_json(Path(words[0]).read_bytes())
        made = asyncio.run(_carry_out(settings, people))
    except (OSError, ValidationError, Refusal) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    sys.stdout.write(f"演示账号：新建 {made} 个，已有 {len(people) - made} 个。\n")
    return 0


async def _carry_out(settings: Settings, people: Sequence[PersonIn]) -> int:
    store = await open_store(settings, SCHEMA, CHASSIS, {}, keys=key_service(settings))
    hashes, made = PasswordHashes(), 0
    try:
        for person in people:
            password_hash = await hashes.make(normalised(person.password))
            async with store.begin(SYSTEM) as tx:
                made += await seed_account(tx, settings.policy, _seed(person, password_hash))
    finally:
        await store.close()
    return made


def _seed(person: PersonIn, password_hash: str) -> SeedAccount:
    return SeedAccount(
        person.account,
        person.name,
        person.phone,
        password_hash,
        person.totp_secret,
        [SeedGrant(**grant.model_dump()) for grant in person.grants],
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
