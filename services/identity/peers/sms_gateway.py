"""The sender of production: posts the code to the operator's text message gateway."""

from collections.abc import Callable
from pathlib import Path

import aiohttp
import structlog

from services.chassis.kernel.refusals import Unavailable

log = structlog.get_logger()

TRIES = 2


class SmsGateway:
    """Two tries, each with its own time limit; what was sent is never logged."""

    def __init__(
        self,
        url: str,
        token_file: Path,
        template: str,
        timeout: float,
        http: Callable[[], aiohttp.ClientSession],
    ) -> None:
        self._url = url
        self._token_file = token_file
        self._template = template
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._http = http

    async def send(self, phone: str, code: str) -> None:
        """Deliver, or raise Unavailable."""
        said = ""
        for _ in range(TRIES):
            said = await self._post({"phone": phone, "code": code, "template": self._template})
            if not said:
                return
        log.warning("sms.undelivered", reason=said)
        raise Unavailable("短信暂时无法发送，请稍后再试。")

    async def _post(self, message: dict[str, str]) -> str:
        headers = {"Authorization": f"Bearer {self._token_file.read_text().strip()}"}
        try:
            async with self._http().post(
                self._url,
                json=message,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                return "" if answer.status // 100 == 2 else f"status {answer.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__


class Unconfigured:
    """Nobody to send by: the service says so and is not ready."""

    async def send(self, phone: str, code: str) -> None:
        raise Unavailable("短信服务尚未开通，请联系系统管理员。")
