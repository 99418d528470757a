"""A union comes into the register: below another, or as the topmost one."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.names import pinyin
from services.chassis.kernel.refusals import Duplicate
from services.membership.domain.events import UnionFounded
from services.membership.domain.numbers import patterned
from services.membership.domain.union import path_of, words_of
from services.membership.domain.union_facts import UnionFacts, as_columns
from services.membership.store import numbers, parameters, unions
from services.membership.store.tables import Union

MOST_TRIES = 50


async def enter_union(tx: Tx, parent: Union | None, facts: UnionFacts) -> Union:
    """``facts`` are checked ones; raises Duplicate for a twin or when no number is left."""
    await _refuse_twins(tx, parent, facts)
    union = await _row(tx, parent, facts)
    tx.session.add(union)
    await tx.session.flush()
    await unions.hang_poster(tx, union.id, "")
    await tx.record(
        "union.founded", "union", union.id, union_path=union.path, after=union.state, rule="M-39"
    )
    above = parent.id if parent else None
    await tx.emit(UnionFounded(subject=union.id, path=union.path, name=union.name, parent=above))
    return union


async def _row(tx: Tx, parent: Union | None, facts: UnionFacts) -> Union:
    id_ = new_id()
    code = facts.code or (await _next_code(tx, parent) if parent else facts.division)
    full, initials = pinyin(facts.name)
    return Union(
        id=id_,
        parent_id=parent.id if parent else None,
        path=path_of(id_, parent.path if parent else ""),
        pinyin=full,
        initials=initials,
        words=words_of(facts.name, facts.employer_name, facts.address),
        state="active",
        created_at=tx.now,
        updated_at=tx.now,
        **(as_columns(facts) | {"code": code}),
    )


async def _next_code(tx: Tx, parent: Union) -> str:
    pattern = str(await parameters.value_of(tx, "union_code_pattern", parent.path, tx.today))
    for _ in range(MOST_TRIES):
        serial = await numbers.take(tx, parent.id, "union")
        code = patterned(pattern, {"parent": parent.code, "serial": serial})
        if not await unions.taken(tx, code=code):
            return code
    raise Duplicate("下级工会编号已用尽，请手工填写编号。")


async def _refuse_twins(tx: Tx, parent: Union | None, facts: UnionFacts) -> None:
    """The same name below the same union, or the same code, is the same union (I)."""
    if parent and await unions.taken(tx, parent_id=parent.id, name=facts.name):
        raise Duplicate("上级工会下已有同名工会，请核对是否重复录入。", field="name")
    if facts.code and await unions.taken(tx, code=facts.code):
        raise Duplicate("这个工会编号已被使用，请核对。", field="code")
    if facts.union_uscc and await unions.taken(tx, union_uscc=facts.union_uscc):
        raise Duplicate(
            "这个工会统一社会信用代码已登记在另一个工会名下，请核对。", field="union_uscc"
        )
