"""A platform company sends up to a thousand of its people; each is answered on their own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import FieldError, NotFound
from services.membership.domain.platform_batch import Item, ItemResult, Status, repeated
from services.membership.store import consents, parameters, platform_items, unions
from services.membership.store.tables import Union
from services.membership.usecases.platforms.enter_items import Entered, Group, enter_items
from services.membership.usecases.platforms.judge_items import JudgedItems, judge_items

SCOPE = "membership:applications.write"
Faults = dict[int, list[FieldError]]


async def enrol_batch(actor: Actor, tx: Tx, items: Sequence[Item]) -> list[ItemResult]:
    """The client prepares; whether somebody is admitted stays with the union's people (M-08)."""
    actor.require_scope(SCOPE)
    faults: Faults = {place: [fault] for place, fault in repeated(items).items()}
    first = {item.reference: at for at, item in enumerate(items) if at not in faults}
    fresh = await platform_items.claim(actor, tx, first)
    texts = {row.id: row for row in await consents.texts(tx, tx.today)}
    entered = Entered({}, {})
    documents: set[str] = set()
    for union_id, group in _by_union(items, [first[reference] for reference in fresh]).items():
        found = await _enter(actor, tx, union_id, group, texts, faults, documents)
        entered.own.update(found.own)
        entered.others.update(found.others)
    await _keep(actor, tx, items, entered, {items[at].reference for at in faults} & fresh)
    known = await platform_items.known(actor, tx, list(first))
    results = [_result(at, item, faults, fresh, known) for at, item in enumerate(items)]
    await _record(actor, tx, results)
    return results


def _by_union(items: Sequence[Item], places: Sequence[int]) -> dict[UUID, dict[int, Item]]:
    groups: dict[UUID, dict[int, Item]] = {}
    for place in sorted(places):
        groups.setdefault(items[place].union_id, {})[place] = items[place]
    # Unions are held in one order, so that two batches never wait for each other.
    return {union_id: groups[union_id] for union_id in sorted(groups)}


async def _enter(
    actor: Actor,
    tx: Tx,
    union_id: UUID,
    items: Mapping[int, Item],
    texts: Mapping[UUID, Row[Any]],
    faults: Faults,
    documents: set[str],
) -> Entered:
    union = await _union(actor, tx, union_id)
    if union is None:
        for place in items:
            message = "没有这个工会，或不在登记的工会范围内。"
            faults[place] = [FieldError(f"/items/{place}/union_id", "union", message)]
        return Entered({}, {})
    minimum = await parameters.value_of(tx, "minimum_age", union.path, tx.today)
    rules = {id_: consents.as_text(row) for id_, row in texts.items()}
    judged = judge_items(items, rules, tx.today, int(minimum))
    _refuse_repeated(judged, documents)
    faults.update(judged.faults)
    group = Group(new_id(), union.id, union.path)
    return await enter_items(tx, group, union, items, judged, texts)


async def _union(actor: Actor, tx: Tx, union_id: UUID) -> Union | None:
    try:
        union = await unions.hold(tx, union_id)
    except NotFound:
        return None
    return union if actor.reaches(union.path) else None


def _refuse_repeated(judged: JudgedItems, documents: set[str]) -> None:
    """One person stands in a batch once; the first place counts."""
    for place, document in list(judged.documents.items()):
        if document in documents:
            message = "这个证件号码在本批中出现了多次，只受理第一次出现的。"
            fault = FieldError(f"/items/{place}/document", "repeated", message)
            judged.faults[place] = [fault]
            del judged.documents[place], judged.values[place]
        documents.add(document)


async def _keep(
    actor: Actor, tx: Tx, items: Sequence[Item], entered: Entered, refused: set[str]
) -> None:
    own = {items[place].reference: id_ for place, id_ in entered.own.items()}
    others = {items[place].reference: id_ for place, id_ in entered.others.items()}
    await platform_items.link(actor, tx, own, is_own=True)
    await platform_items.link(actor, tx, others, is_own=False)
    await platform_items.release(actor, tx, refused - own.keys() - others.keys())


def _result(
    place: int, item: Item, faults: Faults, fresh: set[str], known: Mapping[str, Any]
) -> ItemResult:
    if place in faults:
        return ItemResult(item.reference, Status.REFUSED, errors=tuple(faults[place]))
    status = Status.RECEIVED if item.reference in fresh else Status.EXISTS
    row = known.get(item.reference)
    return ItemResult(item.reference, status, row.number if row else None)


async def _record(actor: Actor, tx: Tx, results: Sequence[ItemResult]) -> None:
    counts = Counter(result.status for result in results)
    await tx.record(
        "application.batch-received",
        "client",
        actor.id,
        received=counts[Status.RECEIVED],
        existed=counts[Status.EXISTS],
        refused=counts[Status.REFUSED],
    )
