"""What the public and the workers' pages ask membership: finding, joining, following, the card."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from frontend.clients.gateway import Answer
from frontend.clients.membership import Membership, membership
from services.chassis.kernel.refusals import NotFound

CORRECTING, LOOKING = "correct", "verify"
GONE = "没有找到这个工会，请重新选择。"


class Enrolment:
    """Membership for somebody who joins, or who looks after their own membership."""

    def __init__(self, api: Membership) -> None:
        self._api = api

    async def find_unions(self, text: str, group: str = "") -> Any:
        return await self._api.send("POST", "/unions/searches", {"text": text, "group": group})

    async def union(self, union_id: str) -> Any:
        """Public facts; what was typed into an address or a form is no path of ours."""
        try:
            known = UUID(union_id)
        except ValueError:
            raise NotFound(GONE) from None
        return await self._api.get(f"/unions/{known}/public")

    async def poster(self, code: str) -> Any:
        return await self._api.get(f"/posters/{code}")

    async def codes(self, name: str) -> list[dict[str, Any]]:
        return await self._api.codes(name)

    async def way(self, situation: Mapping[str, Any]) -> Any:
        return await self._api.send("POST", "/enrolment-paths", situation)

    async def texts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._api.get("/consent-texts"))["items"]
        return found

    async def draft(self, body: Mapping[str, Any], key: str) -> Any:
        return await self._api.send("POST", "/applications", body, key=key)

    async def amend(self, application_id: str, body: Mapping[str, Any], etag: str) -> Any:
        return await self._api.send("PATCH", f"/applications/{application_id}", body, etag=etag)

    async def submit(self, application_id: str, key: str, etag: str) -> Any:
        path = f"/applications/{application_id}/submission"
        return await self._api.send("PUT", path, key=key, etag=etag)

    async def withdraw(self, application_id: str, reason: str, key: str, etag: str) -> Any:
        path = f"/applications/{application_id}/withdrawal"
        return await self._api.send("PUT", path, {"reason": reason}, key=key, etag=etag)

    async def application(self, application_id: UUID | str) -> Answer:
        return await self._api.read(f"/applications/{application_id}")

    async def my_applications(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._api.get("/applications/mine"))["items"]
        return found

    async def applicant(self, application_id: str) -> dict[str, str]:
        """One's own facts in full, to send them again with a correction."""
        path = f"/applications/{application_id}/disclosures"
        return await self._disclosed(path, CORRECTING, ("document", "birth", "address"))

    async def own_facts(self, kind: str, of: str) -> dict[str, str]:
        """One's own facts in full, to look at (S-05); ``kind`` is people or applications."""
        fields = ("document", "phone", "birth", "address")
        return await self._disclosed(f"/{kind}/{of}/disclosures", LOOKING, fields)

    async def my_membership(self) -> Any:
        return await self._api.get("/members/mine")

    async def person(self, person_id: str) -> Any:
        return await self._api.get(f"/people/{person_id}")

    async def my_card(self) -> Any:
        return await self._api.get("/members/mine/card")

    async def verify(self, token: str) -> Any:
        return await self._api.send("POST", "/card-verifications", {"token": token})

    async def consents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._api.get("/consents"))["items"]
        return found

    async def give_consent(self, person_id: str, text_id: str, version: str, key: str) -> None:
        consent = {"text_id": text_id, "version": version}
        body = {"person_id": person_id, "consents": [consent]}
        await self._api.send("POST", "/consents", body, key=key)

    async def withdraw_consent(self, consent_id: str, key: str) -> None:
        await self._api.send("PUT", f"/consents/{consent_id}/withdrawal", key=key)

    async def _disclosed(self, path: str, purpose: str, fields: Sequence[str]) -> dict[str, str]:
        body = {"purpose": purpose, "fields": list(fields)}
        facts: dict[str, str] = (await self._api.send("POST", path, body))["facts"]
        return facts


def enrolment(request: Request) -> Enrolment:
    """Enrolment for this visitor."""
    return Enrolment(membership(request))


EnrolmentApi = Annotated[Enrolment, Depends(enrolment)]
