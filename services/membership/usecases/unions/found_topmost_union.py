"""An operator enters the one union above all others, before anybody has an account."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.refusals import Duplicate
from services.membership.domain.union_facts import UnionFacts, checked_facts
from services.membership.store import unions
from services.membership.store.reference import code_book
from services.membership.store.tables import Union
from services.membership.usecases.unions.enter_union import enter_union


async def found_topmost_union(tx: Tx, facts: UnionFacts) -> Union:
    if await unions.taken(tx, parent_id=None):
        raise Duplicate("最高一级工会已经登记，下级工会请由其工作人员在页面上登记。")
    return await enter_union(tx, None, checked_facts(facts, None, code_book(), tx.today))
