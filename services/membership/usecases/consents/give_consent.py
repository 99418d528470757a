"""A person agrees to one more purpose, on their own phone or at the counter (S-02, S-16)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.membership.domain.application import Channel
from services.membership.domain.consent import needs_guardian
from services.membership.domain.enrolment import Given
from services.membership.store import consents, people
from services.membership.store.facts import open_facts

GUARDIAN = "未满十四周岁，须由父母或其他监护人同意，请填写监护人姓名和关系。"


async def give_consent(
    actor: Actor,
    tx: Tx,
    person_id: UUID,
    given: Sequence[Given],
    own_phone: tuple[bytes, ...] = (),
) -> None:
    actor.require(Role.WORKER, Role.CLERK)
    person = await people.lock(actor, tx, person_id, own_phone)
    facts = open_facts(tx.sealer, "people", person.id, person.facts)
    birth = date.fromisoformat(facts.birth) if facts.birth else None
    if needs_guardian(birth, tx.today) and any(one.guardian is None for one in given):
        raise Unprocessable(GUARDIAN, [FieldError("/consents/0/guardian", "missing", GUARDIAN)])
    online = actor.kind is Kind.WORKER
    await consents.give(
        tx,
        given,
        channel=Channel.ONLINE if online else Channel.COUNTER,
        evidence=f"session:{actor.session or actor.id}",
        person_id=person.id,
    )
    await tx.record("consent.given", "person", person.id, after="given", n=len(given), rule="S-16")
