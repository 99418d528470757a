"""WeChat's side of the mini-program: codes are exchanged, its session key is never kept."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import orjson
import structlog

from services.chassis.kernel.identifiers import InvalidIdentifier, parse_mobile
from services.chassis.kernel.refusals import Refusal
from services.identity.domain.mini_program import (
    MiniProgramBlocked,
    MiniProgramBusy,
    MiniProgramRefused,
    MiniProgramUnavailable,
    Opener,
    PhoneForeign,
)

ADDRESS = "https://api.weixin.qq.com"
LARGEST = 64 * 1024
LONGEST_ID = 128
# The platform's own token is renewed so many seconds before it ends.
MARGIN = 300.0
TOKEN_WORN_OUT = frozenset({40001, 40014, 42001})
# fmt: off
REFUSALS: Mapping[int, type[Refusal]] = {
    40029: MiniProgramRefused,      # no such code, or it is too old
    40163: MiniProgramRefused,      # the code was used
    40226: MiniProgramBlocked,      # WeChat thinks the person a risk
    45011: MiniProgramBusy,         # too often in a minute
}
# fmt: on

log = structlog.get_logger()


class WeChat:
    """The adapter; what cannot be understood is an outage, never a person."""

    def __init__(
        self,
        app_id: str,
        secret_file: Path,
        timeout: float,
        http: Callable[[], aiohttp.ClientSession],
        address: str = ADDRESS,
        tick: Callable[[], float] = monotonic,
    ) -> None:
        self._app_id = app_id
        self._secret_file = secret_file
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout, 3))
        self._http = http
        self._address = address.rstrip("/")
        self._tick = tick
        self._token = ("", 0.0)
        self._renewing = asyncio.Lock()

    async def identify(self, code: str) -> Opener:
        query = self._credentials() | {"js_code": code, "grant_type": "authorization_code"}
        said = _accepted(await self._ask("GET", "/sns/jscode2session", params=query))
        openid, unionid = said.get("openid"), said.get("unionid")
        if not _is_id(openid) or not (unionid is None or _is_id(unionid)):
            raise _not_understood("openid")
        return Opener(str(openid), unionid)

    async def phone_of(self, code: str) -> str:
        said = await self._phone(code, await self._access())
        if _errcode(said) in TOKEN_WORN_OUT:
            self._token = ("", 0.0)
            said = await self._phone(code, await self._access())
        found = _accepted(said).get("phone_info")
        if not isinstance(found, dict) or _owner(found) != self._app_id:
            raise _not_understood("phone_info")
        if str(found.get("countryCode")) != "86":
            raise PhoneForeign
        try:
            return parse_mobile(str(found.get("purePhoneNumber")))
        except InvalidIdentifier as error:
            raise _not_understood("phone") from error

    async def _phone(self, code: str, token: str) -> Mapping[str, Any]:
        query = {"access_token": token}
        path = "/wxa/business/getuserphonenumber"
        return await self._ask("POST", path, params=query, json={"code": code})

    async def _access(self) -> str:
        """The platform's token for us; one request renews it for all who wait."""
        async with self._renewing:
            token, good_until = self._token
            if token and self._tick() < good_until:
                return token
            body = self._credentials() | {"grant_type": "client_credential"}
            said = await self._ask("POST", "/cgi-bin/stable_token", json=body)
            made, life = said.get("access_token"), said.get("expires_in")
            if not isinstance(made, str) or not isinstance(life, int):
                raise _not_understood("access_token")
            self._token = made, self._tick() + max(0.0, life - MARGIN)
            return made

    def _credentials(self) -> dict[str, str]:
        return {"appid": self._app_id, "secret": self._secret_file.read_text().strip()}

    async def _ask(self, method: str, path: str, **more: Any) -> Mapping[str, Any]:
        """One call; its address holds secrets, so no error that names it leaves here."""
        try:
            async with self._http().request(
                method,
                self._address + path,
                timeout=self._timeout,
                allow_redirects=False,
                **more,
            ) as answer:
                if answer.status != 200:
                    raise _not_understood(f"status {answer.status}")
                content = await answer.content.read(LARGEST)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _not_understood(type(error).__name__) from None
        try:
            said = orjson.loads(content)
        except orjson.JSONDecodeError:
            raise _not_understood("json") from None
        if not isinstance(said, dict):
            raise _not_understood("json")
        return said


def _accepted(said: Mapping[str, Any]) -> Mapping[str, Any]:
    errcode = _errcode(said)
    if errcode == 0:
        return said
    refusal = REFUSALS.get(errcode)
    if refusal is None:
        raise _not_understood(f"errcode {errcode}")
    log.info("mini_program.refused", errcode=errcode)
    raise refusal()  # type: ignore[call-arg]  # each of them knows its own words


def _errcode(said: Mapping[str, Any]) -> int:
    errcode = said.get("errcode", 0)
    return errcode if isinstance(errcode, int) else -1


def _owner(phone_info: Mapping[str, Any]) -> object:
    watermark = phone_info.get("watermark")
    return watermark.get("appid") if isinstance(watermark, dict) else None


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isascii()


def _not_understood(reason: str) -> MiniProgramUnavailable:
    log.warning("mini_program.unavailable", reason=reason)
    return MiniProgramUnavailable()
