"""Facts on the wire: CloudEvents 1.0 in JSON, signed as Standard Webhooks says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import orjson
from standardwebhooks import Webhook, WebhookVerificationError

from services.chassis.kernel.refusals import Malformed, Unauthenticated

CONTENT_TYPE = "application/cloudevents+json"
BATCH_TYPE = "application/cloudevents-batch+json"
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=3)


@dataclass(frozen=True, slots=True)
class Fact:
    """One event as it travels; ``sequence`` grows per subject."""

    id: UUID
    source: str
    topic: str
    subject: UUID
    occurred_at: datetime
    data: dict[str, Any]
    sequence: int


def read_secrets(path: Path) -> tuple[str, ...]:
    """The signing secrets, one a line, newest first; two stand there while they rotate."""
    secrets = tuple(line.strip() for line in path.read_text().splitlines() if line.strip())
    if not secrets:
        raise ValueError(f"{path} holds no secret")
    return secrets


def envelope(fact: Fact) -> bytes:
    """The CloudEvents document."""
    return orjson.dumps(_document(fact))


def batch_envelope(facts: Sequence[Fact]) -> bytes:
    """Many documents as one: CloudEvents' batch form, signed as a whole."""
    return orjson.dumps([_document(fact) for fact in facts])


def _document(fact: Fact) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(fact.id),
        "source": f"/{fact.source}",
        "type": fact.topic,
        "subject": str(fact.subject),
        "time": fact.occurred_at,
        "datacontenttype": "application/json",
        "sequence": fact.sequence,
        "data": fact.data,
    }


def thin_envelope(fact: Fact, union_id: UUID | None, link: str) -> bytes:
    """The document as other systems get it: what, whose, and where to read it; no data at all."""
    data = {"union_id": str(union_id) if union_id else None, "link": link or None}
    return envelope(replace(fact, data=data))


def sign(fact_id: UUID, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks, with one signature for each valid secret."""
    signatures = (Webhook(secret).sign(str(fact_id), now, body.decode()) for secret in secrets)
    return {
        "webhook-id": str(fact_id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": CONTENT_TYPE,
    }


def open_envelope(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> list[Fact]:
    """The facts in a signed post, one or many; raises Unauthenticated or Malformed."""
    if not any(_signed(body, headers, secret) for secret in secrets):
        raise Unauthenticated("事件签名无效。")
    try:
        found = orjson.loads(body)
        return [_fact(event) for event in (found if isinstance(found, list) else [found])]
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("事件内容无法读取。") from error


def _fact(event: dict[str, Any]) -> Fact:
    return Fact(
        id=UUID(event["id"]),
        source=str(event["source"]).strip("/"),
        topic=str(event["type"]),
        subject=UUID(event["subject"]),
        occurred_at=datetime.fromisoformat(event["time"]).astimezone(UTC),
        data=dict(event["data"]),
        sequence=int(event["sequence"]),
    )


async def post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]
) -> tuple[str | None, dict[str, str]]:
    """Post once, following no redirect: None when heard, else a short reason; and, by id, what
    was not taken of a batch.
    """
    try:
        async with session.post(
            url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
        ) as answer:
            if not 200 <= answer.status < 300:
                return f"status {answer.status}", {}
            said = await answer.read()
            return None, dict(orjson.loads(said)["refused"]) if said else {}
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
        return type(error).__name__, {}


def _signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    try:
        Webhook(secret).verify(body.decode(), dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True
