"""A client that does what the API says: keys, versions, patience; it tries again until it knows."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyotp

from services.chassis.kernel.ids import new_id

PATIENCE = 120.0
# Less than most answers ask for: an impatient client is the harder one.
LONGEST_PAUSE = 0.5
AGAIN = (429, 502, 503, 504)
STEP = 30

Json = dict[str, Any]


class Wrong(AssertionError):
    """An answer that no fault excuses."""


@dataclass(slots=True)
class Person:
    """Somebody who speaks to the gateway; ``log_in`` gives a new token when the old one is over."""

    http: httpx.Client
    log_in: Callable[[], str] | None = None
    token: str = ""
    seen: dict[str, int] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> Json:
        return self.ask("GET", path, params=query or None)

    def post(self, path: str, body: Any = None) -> Json:
        return self.ask("POST", path, json=body)

    def put(self, path: str, body: Any = None, version: int | None = None) -> Json:
        return self.ask("PUT", path, json=body, version=version)

    def upload(self, path: str, file: Path, **fields: str) -> Json:
        content = {"file": (file.name, file.read_bytes())}
        return self.ask("POST", path, files=content, data=fields)

    def ask(self, method: str, path: str, version: int | None = None, **options: Any) -> Json:
        """The one answer to this request, however often it had to be sent."""
        headers = {} if method == "GET" else {"Idempotency-Key": str(new_id())}
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self._once(method, path, headers, options)
            if answer is None:
                time.sleep(LONGEST_PAUSE / 2)
            elif answer.status_code in AGAIN or "retry-after" in answer.headers:
                time.sleep(min(LONGEST_PAUSE, float(answer.headers["retry-after"])))
            elif answer.status_code == 401 and self.log_in is not None:
                self.token = self.log_in()
            elif answer.status_code >= 400:
                raise Wrong(f"{method} {path}: {answer.status_code} {answer.text}")
            else:
                found: Json = answer.json() if answer.content else {}
                return found
        raise Wrong(f"{method} {path}: no answer in {PATIENCE:.0f} s")

    def wait(self, path: str, until: Callable[[Json], bool], **query: Any) -> Json:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self.get(path, **query)
            if until(found):
                return found
            time.sleep(0.3)
        raise Wrong(f"{path} did not come to what was waited for: {found}")

    def _once(self, method: str, path: str, headers: Json, options: Json) -> httpx.Response | None:
        if self.log_in is not None and not self.token:
            self.token = self.log_in()
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            answer = self.http.request(method, f"/api{path}", headers=headers | known, **options)
        except httpx.TransportError as error:
            self._note(type(error).__name__)
            return None
        if answer.status_code in AGAIN and "retry-after" not in answer.headers:
            raise Wrong(f"{method} {path}: {answer.status_code} without Retry-After {answer.text}")
        if answer.status_code in AGAIN:
            self._note(str(answer.status_code))
        return answer

    def _note(self, what: str) -> None:
        self.seen[what] = self.seen.get(what, 0) + 1


def staff(http: httpx.Client, account: str, password: str, secret: str) -> Person:
    """Logs in with password and second factor; a code that was taken waits for the next one."""

    def log_in() -> str:
        nobody, moment = Person(http), time.time()
        for code_of in (moment, moment + STEP, None):
            if code_of is None:
                time.sleep(STEP + 1 - time.time() % STEP)
                code_of = time.time()
            code = pyotp.TOTP(secret).at(int(code_of))
            body = {"account": account, "password": password, "code": code}
            try:
                return str(nobody.post("/identity/v1/staff-sessions", body)["access_token"])
            except Wrong as wrong:
                if ": 401 " not in str(wrong):
                    raise
        raise Wrong(f"{account} cannot log in")

    return Person(http, log_in)
