"""Staff of an upper union enter a union that was founded below it (M-30 to M-33, M-39)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.membership.domain.union_facts import UnionFacts, checked_facts
from services.membership.store import unions
from services.membership.store.reference import code_book
from services.membership.store.tables import Union
from services.membership.usecases.unions.enter_union import enter_union

FOUNDERS = (Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR)


async def found_union(actor: Actor, tx: Tx, parent_id: UUID, facts: UnionFacts) -> Union:
    parent = await unions.lock(actor, tx, parent_id)
    actor.require(*FOUNDERS)
    checked = checked_facts(facts, parent.level, code_book(), tx.today)
    return await enter_union(tx, parent, checked)
