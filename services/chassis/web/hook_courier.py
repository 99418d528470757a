"""Posts to clients' hooks: many at once, a few of each, and nobody waits for a slow one."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from services.chassis.data import hook_outcomes, hook_queue
from services.chassis.data.hook_queue import EACH, Waiting
from services.chassis.data.hooks import Places, filter_of, secrets_of
from services.chassis.data.tx import Store
from services.chassis.edge.courier import Fact, sign, thin_envelope
from services.chassis.edge.outside import AT_ONCE, Outside

log = structlog.get_logger()


class HookCourier:
    """Keeps posts under way without waiting for them; ``step`` says whether it found any."""

    def __init__(
        self,
        store: Store,
        places: Places,
        outside: Outside,
        public_url: str,
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._places = places
        self._outside = outside
        self._api = f"{public_url.rstrip('/')}/api/{store.schema}/v1"
        self._under_way: Counter[UUID] = Counter()
        self._ring = ring
        self._posts: set[asyncio.Task[None]] = set()

    async def step(self) -> bool:
        """Begin what is due and may begin now."""
        if self._under_way.total() >= AT_ONCE:
            await asyncio.wait(self._posts, return_when=asyncio.FIRST_COMPLETED)
        busy = [hook for hook, posts in self._under_way.items() if posts >= EACH]
        found = await hook_queue.claim(self._store, busy)
        if not found:
            return False
        unions = (
            union
            for one in found
            for union in (one.hook.union_id, one.hook.filter_union, one.event.union_id)
        )
        paths = await hook_queue.paths_of(self._store, self._places, unions)
        for one in found:
            self._begin(one, paths)
        return True

    async def close(self) -> None:
        """What is under way is left to its lease: it goes out again under the same id."""
        for post in self._posts:
            post.cancel()
        await asyncio.gather(*self._posts, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._posts:
            await asyncio.wait(self._posts)

    def _begin(self, one: Waiting, paths: Mapping[UUID | None, str]) -> None:
        self._under_way[one.hook.id] += 1
        post = asyncio.create_task(self._deliver(one, paths))
        self._posts.add(post)
        post.add_done_callback(lambda ended: self._ended(ended, one.hook.id))

    def _ended(self, post: asyncio.Task[None], hook: UUID) -> None:
        self._posts.discard(post)
        self._under_way[hook] -= 1
        if not self._under_way[hook]:
            del self._under_way[hook]
        if not post.cancelled() and (error := post.exception()) is not None:
            log.error("hooks.failed", hook=str(hook), error=type(error).__name__)
        self._ring()  # there is room for another, and the subject's next need not wait

    async def _deliver(self, one: Waiting, paths: Mapping[UUID | None, str]) -> None:
        hook, event = one.hook, one.event
        own, wanted = paths.get(hook.union_id), paths.get(hook.filter_union)
        is_test = event.subject == hook.id
        may_hear = filter_of(hook).lets_through(own, wanted, paths.get(event.union_id))
        if not (may_hear or is_test):
            await hook_queue.withhold(self._store, one)
            return
        now = self._store.clock()
        secrets = [secret.value for secret in secrets_of(self._store.sealer, hook, now)]
        body, headers = self.letter(event, secrets)
        heard = await self._outside.post(hook.url, body, headers)
        await hook_outcomes.note(self._store, one, headers, body, heard)

    def letter(self, event: Any, secrets: Sequence[str]) -> tuple[bytes, dict[str, str]]:
        """The thin event and the headers of this attempt; the id is the same at each."""
        fact = Fact(
            event.id,
            self._store.schema,
            event.topic,
            event.subject,
            event.occurred_at,
            {},
            event.seq,
        )
        link = f"{self._api}{event.link}" if event.link else ""
        body = thin_envelope(fact, event.union_id, link)
        return body, sign(event.id, body, secrets, self._store.clock())
