"""The same read with nothing around it: FastAPI, one statement on a raw asyncpg pool, a model.

Started by ``bench.p3_member_by_id``; it believes everybody, logs nothing and counts nothing.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id

STATEMENT = """
with audited as (
    insert into membership.audit (id, at, action, subject_kind, actor_kind, actor_id, actor_name,
        actor_roles, union_id, union_path, request_id, address, client, auth, reason, details)
    values ($1, $2, 'member.searched', 'membership', 'staff', $3, $4, array['clerk'], $5, $6,
        $7, '', '', 'password', '', '{"by": "document"}')
)
select m.id, m.person_id, m.union_id, m.union_path, m.state, m.joined_on, m.left_on, m.group_code,
    m.join_path, m.channel, m.platforms, m.application_id, m.version, p.name, p.sex, p.birth_year,
    p.document_kind, p.document_masked, p.phone_masked, p.member_number, u.name as union_name
from membership.memberships m
join membership.people p on p.id = m.person_id
join membership.unions u on u.id = m.union_id
where m.union_path >= $6 and m.union_path < $8
    and m.person_id in (select person_id from membership.person_keys where blind = $9)
    and m.state in ('active', 'retained', 'transferring')
order by m.id desc
limit 21
"""


class Asked(BaseModel):
    blind: str
    actor: UUID
    union: UUID
    path: str


class Found(BaseModel):
    id: UUID
    person_id: UUID
    union_id: UUID
    state: str
    joined_on: date
    left_on: date | None
    group_code: str | None
    join_path: str | None
    channel: str
    platforms: list[str]
    application_id: UUID | None
    version: int
    name: str
    sex: str
    birth_year: int | None
    document_kind: str
    document_masked: str
    phone_masked: str
    member_number: str | None
    union_name: str


class Answer(BaseModel):
    items: list[Found]
    next: str | None = None
    at: datetime


@asynccontextmanager
async def pool(app: FastAPI) -> AsyncIterator[None]:
    size = int(os.environ["BARE_POOL"])
    async with asyncpg.create_pool(os.environ["BARE_URL"], min_size=size, max_size=size) as made:
        app.state.pool = made
        yield


app = FastAPI(lifespan=pool)


@app.post("/members/searches")
async def search(asked: Asked) -> Answer:
    now, one = utc_now(), new_id()
    end = asked.path[:-1] + "0"
    who = (str(asked.actor), "测试经办", asked.union, asked.path, one.hex, end)
    blind = bytes.fromhex(asked.blind)
    rows: list[Any] = await app.state.pool.fetch(STATEMENT, one, now, *who, blind)
    return Answer(items=[Found.model_validate(dict(row)) for row in rows], at=now)


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["BARE_PORT"]), access_log=False, log_level="warning")
