"""The kept connections to the services: one request out, one answer back, nothing tried twice."""

import asyncio
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from gateway.lines import Line
from services.chassis.kernel.refusals import OutOfTime, Unavailable

# Shorter than a service keeps an idle connection (uvicorn: 5 s), so that none dies under us.
IDLE_SECONDS = 3.0
CONNECT_SECONDS = 2.0


class Upstream:
    """One service: where it is, what is under way there, and the lines that wait for work."""

    def __init__(self, name: str, base: str, most: int) -> None:
        where = urlsplit(base.rstrip("/"))
        is_safe = where.scheme == "https"
        self.name = name
        self.base = base.rstrip("/")
        self.prefix = where.path
        self.host_field = b"Host: " + where.netloc.encode() + b"\r\n"
        self.under_way = 0
        self._most = most
        self._host = where.hostname or ""
        self._port = where.port or (443 if is_safe else 80)
        self._ssl = ssl.create_default_context() if is_safe else None
        self._idle: list[Line] = []

    def enter(self) -> None:
        """Take one of the places; what entered must leave."""
        if self.under_way >= self._most:
            raise Unavailable("系统繁忙，请稍等几秒再试。", retry_after=3)
        self.under_way += 1

    def leave(self, line: Line | None, now: float, *, whole: bool) -> None:
        """Give the place back, and the line if it can be used again."""
        self.under_way -= 1
        if line is None:
            return
        if whole and line.is_usable():
            line.rest(now)
            self._idle.append(line)
        else:
            line.cut()

    def idle_line(self, now: float) -> Line | None:
        """The line that was used last; the others may grow old."""
        while self._idle:
            line = self._idle.pop()
            if line.is_open() and now - line.idle_since < IDLE_SECONDS:
                return line
            line.cut()
        return None

    async def new_line(self) -> Line:
        """A fresh line; raises Unavailable when the service does not take it."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, line = await loop.create_connection(Line, self._host, self._port, ssl=self._ssl)
        except (OSError, TimeoutError) as error:
            raise down() from error
        return line

    def drop_old(self, now: float) -> None:
        """Close what nobody used for a while."""
        kept = []
        for line in self._idle:
            if line.is_open() and now - line.idle_since < IDLE_SECONDS:
                kept.append(line)
            else:
                line.cut()
        self._idle = kept

    def close(self) -> None:
        """Let all idle lines go."""
        for line in self._idle:
            line.cut()
        self._idle = []


class Upstreams:
    """All services by name."""

    def __init__(self, bases: Mapping[str, str], most_each: int) -> None:
        self._by_name = {name: Upstream(name, base, most_each) for name, base in bases.items()}

    def __getitem__(self, name: str) -> Upstream:
        return self._by_name[name]

    def drop_old(self, now: float) -> None:
        """Close what nobody used for a while."""
        for upstream in self._by_name.values():
            upstream.drop_old(now)

    def close(self) -> None:
        """Let all idle lines go."""
        for upstream in self._by_name.values():
            upstream.close()


def down() -> Unavailable:
    """The service cannot be reached, or hung up."""
    return Unavailable("这项服务暂时不可用，正在恢复，请稍后再试。", retry_after=5)


def late() -> OutOfTime:
    """The service did not begin to answer in time; what it did is unknown."""
    return OutOfTime("等待处理结果超时，请稍后刷新页面，确认是否已经办理成功，再决定是否重试。")
