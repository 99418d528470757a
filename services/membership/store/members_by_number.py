"""The read that a counter makes all day: one exact number, found in one's own scope, audited."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ARRAY, LargeBinary, Select, Text, any_, bindparam, select, union_all

from services.chassis.data.audit import audited_statement
from services.chassis.data.read import Read
from services.chassis.kernel.actors import SYSTEM, Actor
from services.membership.domain.membership import OPEN
from services.membership.store.memberships import kind_of, visible_to
from services.membership.store.schema import CHASSIS, PATH
from services.membership.store.scope import end_of, is_reader
from services.membership.store.tables import Membership, Person, PersonKey

MOST = 20
AUDITED = (
    "id",
    "at",
    "action",
    "subject_kind",
    "subject",
    "actor_kind",
    "actor_id",
    "actor_name",
    "actor_roles",
    "union_id",
    "union_path",
    "request_id",
    "address",
    "client",
    "auth",
    "details",
)


def _find() -> Select[Any]:
    """The people behind the number, then their open memberships between two paths."""
    documents = bindparam("documents", type_=ARRAY(LargeBinary))
    states = bindparam("states", type_=ARRAY(Text))
    people = union_all(
        select(PersonKey.person_id).where(PersonKey.blind == any_(documents)),
        select(Person.id).where(Person.member_number == bindparam("number", type_=Text)),
    )
    return (
        visible_to(SYSTEM)
        .where(
            Membership.person_id.in_(people),
            Membership.state == any_(states),
            Membership.union_path >= bindparam("path", type_=PATH),
            Membership.union_path < bindparam("end", type_=PATH),
        )
        .order_by(Membership.id.desc())
        .limit(MOST)
    )


FIND = audited_statement(_find(), CHASSIS.audit, AUDITED)


async def find_by_number(
    actor: Actor, read: Read, text: str, documents: Sequence[bytes]
) -> Sequence[Any]:
    """Open members with this document or member number, in the caller's union and below."""
    if not is_reader(actor) or not actor.union_path:
        return []
    audit = read.audit_values("member.searched", "membership") | {
        "details": orjson.dumps({"by": kind_of(text)}).decode()
    }
    values = {f"audit_{name}": audit[name] for name in AUDITED}
    wanted = {
        "documents": list(documents),
        "number": text.upper(),
        "states": list(OPEN),
        "path": actor.union_path,
        "end": end_of(actor.union_path),
    }
    return await read.straight(FIND, values | wanted)
