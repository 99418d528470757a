"""A member of staff at a keyboard, speaking to the platform through its public API only."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyotp

from services.chassis.kernel.ids import new_id

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE = 300.0
STEP = 30.0
CONSENT = "现场签字名册 2026-01"

Json = dict[str, Any]


class Refused(Exception):
    """The platform said no; the text is what it said."""

    def __init__(self, status: int, problem: Json) -> None:
        errors = "；".join(e["message"] for e in problem.get("errors", ()))
        super().__init__(f"{status} {problem.get('detail', '')} {errors}".strip())
        self.status = status
        self.problem = problem


@dataclass(slots=True)
class Desk:
    """Somebody who is logged in, or nobody."""

    http: httpx.Client
    token: str = ""

    def get(self, path: str, **query: Any) -> Json:
        answer: Json = self._ask("GET", path, params=query or None).json()
        return answer

    def send(self, method: str, path: str, body: Any = None, version: int | None = None) -> Json:
        """A change, with a key of its own; ``version`` is the one that was read."""
        headers = {"Idempotency-Key": str(new_id())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = self._ask(method, path, json=body, headers=headers)
        found: Json = answer.json() if answer.content else {}
        return found

    def post(self, path: str, body: Any = None) -> Json:
        return self.send("POST", path, body)

    def upload(self, path: Path, union_id: str) -> Json:
        """A sheet of gig workers for a union."""
        with path.open("rb") as file:
            answer = self._ask(
                "POST",
                "/membership/v1/imports",
                files={"file": (path.name, file, XLSX)},
                data={"union_id": union_id},
                headers={"Idempotency-Key": str(new_id())},
            )
        found: Json = answer.json()
        return found

    def download(self, path: str) -> bytes:
        return self._ask("GET", path).content

    def wait(self, path: str, until: Callable[[Json], bool], pause: float = 0.3) -> Json:
        """Look again until it is so; a service that is down for a moment is waited for."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = self._glance(path)
            if found is not None and until(found):
                return found
            time.sleep(pause)
        raise TimeoutError(f"{path} 迟迟没有完成 took too long")

    def _glance(self, path: str) -> Json | None:
        """None where nobody answers just now."""
        try:
            return self.get(path)
        except httpx.TransportError:
            return None
        except Refused as refused:
            if refused.status not in (502, 503, 504):
                raise
            return None

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = options.pop("headers", {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = self.http.request(method, f"/api{path}", headers=headers, **options)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())
        return answer


def log_in(http: httpx.Client, account: str, password: str, secret: str) -> Desk:
    """With password and second factor; a code that was used waits for the next one."""
    for last in (False, True):
        body = {"account": account, "password": password, "code": pyotp.TOTP(secret).now()}
        try:
            return Desk(http, Desk(http).post("/identity/v1/staff-sessions", body)["access_token"])
        except Refused as refused:
            if last or refused.status != 401:
                raise
            time.sleep(STEP - time.time() % STEP + 0.5)
    raise AssertionError("the last try returns or raises")


def import_sheet(desk: Desk, sheet: Path, union_id: str) -> Json:
    """Upload, wait for the dry run, confirm, wait until the good rows are in."""
    made = desk.upload(sheet, union_id)
    path = f"/membership/v1/imports/{made['id']}"
    checked = desk.wait(path, lambda found: found["state"] in ("checked", "failed"))
    if not checked["counts"]["ready"]:
        raise Refused(422, {"detail": f"{sheet.name}: 没有可导入的行 nothing to import"})
    body = {"evidence": CONSENT}
    desk.send("PUT", f"{path}/confirmation", body, checked["version"])
    return desk.wait(path, lambda found: found["state"] == "applied")


def admit_batch(desk: Desk, import_id: str) -> None:
    """Approve all that one sheet brought, and wait until every one is decided."""
    asked = {"batch_id": import_id, "outcome": "admitted", "reason": "名单已核对"}
    desk.post("/membership/v1/decisions", asked)
    query = f"/membership/v1/applications?batch={import_id}&state=submitted&limit=1"
    desk.wait(query, lambda page: not page["items"])
