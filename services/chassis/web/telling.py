"""What the relay does with a lot of facts: posts it to one of our parts, or hands it to hooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp

from services.chassis.data import hook_queue
from services.chassis.data.hooks import Places
from services.chassis.data.outbox import Delivery
from services.chassis.data.outbox_rows import HOOKS
from services.chassis.data.tx import Store
from services.chassis.edge.courier import (
    BATCH_TYPE,
    Fact,
    batch_envelope,
    envelope,
    post,
    sign,
)

LARGEST = 1024 * 1024  # bytes of a post; half of what is larger goes first


@dataclass(frozen=True, slots=True)
class Teller:
    """Takes a lot of facts for one hearer; answers by sequence what was not taken."""

    store: Store
    session: aiohttp.ClientSession
    hearers: Mapping[str, str]
    secrets: Sequence[str]
    places: Places

    async def __call__(self, hearer: str, deliveries: Sequence[Delivery]) -> dict[int, str]:
        if hearer == HOOKS:
            await hook_queue.fan_out(self.store, self.places, [one.seq for one in deliveries])
            return {}
        url = self.hearers.get(hearer)
        if url is None:
            return {one.seq: "unknown hearer" for one in deliveries}
        return await self._send(f"{url}/events", deliveries)

    async def _send(self, url: str, deliveries: Sequence[Delivery]) -> dict[int, str]:
        facts = [fact_of(self.store, one) for one in deliveries]
        is_one = len(facts) == 1
        body = envelope(facts[0]) if is_one else batch_envelope(facts)
        if len(body) > LARGEST and not is_one:
            half = len(facts) // 2
            first = await self._send(url, deliveries[:half])
            return first | await self._send(url, deliveries[half:])
        headers = sign(facts[0].id, body, self.secrets, self.store.clock())
        headers |= {} if is_one else {"content-type": BATCH_TYPE}
        if trace := deliveries[0].traceparent:
            headers["traceparent"] = trace
        failure, refused = await post(self.session, url, body, headers)
        if failure is not None:
            return {one.seq: failure for one in deliveries}
        return {one.seq: refused[str(one.id)] for one in deliveries if str(one.id) in refused}


def fact_of(store: Store, delivery: Delivery) -> Fact:
    return Fact(
        delivery.id,
        store.schema,
        delivery.topic,
        delivery.subject,
        delivery.occurred_at,
        delivery.data,
        delivery.seq,
    )
