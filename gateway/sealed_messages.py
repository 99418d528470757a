"""Requests signed with a shared secret, in the manner of Standard Webhooks.

``Webhook-Signature`` is over id, timestamp and content; ``Client-Id`` says whose secret it is.
"""

import hmac
import re

from gateway.clients import Client, Clients, Signed
from gateway.inbound import Call
from gateway.refusals import SignatureRefused
from gateway.signatures import strict_bytes

WINDOW = 300.0
_ID = re.compile(r"[!-~]{8,200}")
_TIME = re.compile(r"[0-9]{10,12}")
_SIGNATURE = re.compile(r"v1,([A-Za-z0-9+/]{43}=)")


def check_time(call: Call, clients: Clients) -> Client:
    """Whose message it says it is, before its content is read; raises SignatureRefused."""
    client = clients.named(call.header(b"client-id"))
    if client is None or not client.secrets:
        raise SignatureRefused("key")
    who, sent = str(client.id), call.header(b"webhook-timestamp")
    if not _ID.fullmatch(call.header(b"webhook-id")) or not _TIME.fullmatch(sent):
        raise SignatureRefused("message", who)
    if abs(clients.at() - float(sent)) > WINDOW:
        raise SignatureRefused("time", who)
    return client


def check_message(call: Call, client: Client, body: bytes, at: float) -> Signed:
    """Any secret that counts now may have made the one signature; raises SignatureRefused."""
    given = _SIGNATURE.fullmatch(call.header(b"webhook-signature"))
    message, sent = call.header(b"webhook-id"), call.header(b"webhook-timestamp")
    signed = f"{message}.{sent}.".encode() + body
    made = [
        hmac.digest(secret.value, signed, "sha256")
        for secret in client.secrets
        if secret.span.holds(at)
    ]
    shown = strict_bytes(given[1]) if given else b""
    if not any(hmac.compare_digest(shown, right) for right in made):
        raise SignatureRefused("signature", str(client.id))
    return Signed(client, f"message {message}")
