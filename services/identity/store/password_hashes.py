"""Makes and checks password hashes: Argon2id, two at once, others wait briefly (AUTH-04)."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.chassis.kernel.refusals import Unavailable

T = TypeVar("T")

MEMORY_KIB = 19 * 1024
PASSES = 2
AT_ONCE = 2
LONGEST_WAIT = 2.0


class PasswordHashes:
    """One of these in a process: it holds the turnstile before the memory that hashing takes."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._argon2 = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._turnstile = asyncio.Semaphore(AT_ONCE)
        # Checked when there is no such account, so that its absence cannot be timed.
        self._nobody = self._argon2.hash("nobody has this password")

    async def make(self, password: str) -> str:
        return await self._in_turn(lambda: self._argon2.hash(password))

    async def is_right(self, hashed: str | None, password: str) -> bool:
        """Whether the password is right; always the same work."""
        matches = await self._in_turn(lambda: self._verify(hashed or self._nobody, password))
        return matches and hashed is not None

    def is_outgrown(self, hashed: str) -> bool:
        """Whether the hash was made with smaller parameters than today's."""
        return self._argon2.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._argon2.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._turnstile.acquire()
        except TimeoutError:
            raise Unavailable("登录的人较多，请几秒钟后再试。", retry_after=3) from None
        try:
            return await asyncio.to_thread(work)
        finally:
            self._turnstile.release()
