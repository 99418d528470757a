"""Staff correct the facts of a union (M-37); its place in the tree stays."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.names import pinyin
from services.chassis.kernel.refusals import Duplicate, Forbidden, Stale
from services.membership.domain.events import UnionChanged
from services.membership.domain.union import words_of
from services.membership.domain.union_facts import UnionFacts, as_columns, checked_facts
from services.membership.store import unions
from services.membership.store.reference import code_book
from services.membership.store.tables import Union

CHANGERS = (Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR)
# What only the level above may change: what the union is called and where it ranks.
ABOVE_ONLY = frozenset({"name", "level", "kind", "code", "union_uscc", "catches_all", "trade"})
STALE = "这个工会的信息刚被别人修改过，请刷新后核对再保存，您填写的内容已为您保留。"


async def change_union(
    actor: Actor, tx: Tx, union_id: UUID, version: int, changes: dict[str, Any]
) -> Union:
    union = await unions.lock(actor, tx, union_id)
    actor.require(*CHANGERS)
    if union.version != version:
        raise Stale(STALE)
    changed = {name for name, value in changes.items() if getattr(union, name) != value}
    if union.id == actor.union_id and changed & ABOVE_ONLY:
        raise Forbidden("工会名称、级别、类型和代码由上级工会修改，请联系上级工会。")
    before = UnionFacts(**{name: getattr(union, name) for name in UnionFacts.__slots__})
    parent_level = await unions.level_of(tx, union.parent_id)
    facts = checked_facts(replace(before, **changes), parent_level, code_book(), tx.today)
    await _refuse_twins(tx, union, facts)
    _write(tx, union, facts)
    await tx.session.flush()
    await tx.record(
        "union.changed", "union", union.id, union_path=union.path, fields=sorted(changed)
    )
    await tx.emit(
        UnionChanged(subject=union.id, path=union.path, name=union.name, parent=union.parent_id)
    )
    return union


def _write(tx: Tx, union: Union, facts: UnionFacts) -> None:
    for name, value in as_columns(facts).items():
        setattr(union, name, value if name != "code" else value or union.code)
    union.pinyin, union.initials = pinyin(facts.name)
    union.words = words_of(facts.name, facts.employer_name, facts.address)
    union.version += 1
    union.updated_at = tx.now


async def _refuse_twins(tx: Tx, union: Union, facts: UnionFacts) -> None:
    renamed = facts.name != union.name
    if renamed and await unions.taken(tx, parent_id=union.parent_id, name=facts.name):
        raise Duplicate("上级工会下已有同名工会，请核对。", field="name")
    recoded = facts.code and facts.code != union.code
    if recoded and await unions.taken(tx, code=facts.code):
        raise Duplicate("这个工会编号已被使用，请核对。", field="code")
    registered = facts.union_uscc and facts.union_uscc != union.union_uscc
    if registered and await unions.taken(tx, union_uscc=facts.union_uscc):
        raise Duplicate("这个统一社会信用代码已登记在另一个工会名下，请核对。", field="union_uscc")
