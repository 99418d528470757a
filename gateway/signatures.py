"""Signed requests: one narrow profile of RFC 9421, and nothing beside it.

Exactly one signature by a registered Ed25519 key, over the method, the whole address, and the type
and digest of the content; made at most five minutes ago; with a nonce. A general library accepts
more (other algorithms, several signatures, whatever was covered, a day of age) and leaves the
digest to the caller, so the profile is read here, by one expression, and the rest is refused.
"""

import base64
import hashlib
import re
from binascii import Error as NotBase64
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature

from gateway.clients import Clients, Signed
from gateway.inbound import Call
from gateway.refusals import SignatureRefused

TAG = "union-v1"
OLDEST, EARLIEST = 300.0, 60.0
ALWAYS = ("@method", "@target-uri")
CONTENT = ("content-type", "content-digest")
MOST_COVERED = 20
_INPUT = re.compile(
    r'([a-z][a-z0-9_.-]{0,63})=(\(((?:"[@a-z0-9-]{1,64}" ?)*)\)((?:;[^;]{1,300})+))'
)
_PARAMETER = re.compile(r';(?:(created|expires)=([0-9]{1,12})|([a-z]+)="([^"\\\x00-\x1f\x7f]*)")')
_NEEDED = {"created", "nonce", "keyid", "tag"}
_KNOWN = _NEEDED | {"alg", "expires"}
SHORTEST_NONCE, LONGEST_NONCE = 8, 128


def check_signature(call: Call, clients: Clients, target: str) -> Signed:
    """Verify everything but the content, which is still to come; raises SignatureRefused."""
    label, params, covered, given = _read_input(call.header(b"signature-input"))
    client = clients.with_key(given["keyid"])
    key = client.keys[given["keyid"]] if client else None
    if client is None or key is None or not key.span.holds(clients.at()):
        raise SignatureRefused("key")
    who = str(client.id)
    _refuse_untimely(given, clients.at(), who)
    base = _base(call, target, covered, params, who)
    try:
        key.key.verify(_signature(call.header(b"signature"), label, who), base)
    except InvalidSignature as error:
        raise SignatureRefused("signature", who) from error
    return Signed(client, given["nonce"])


def check_digest(call: Call, body: bytes, who: str) -> None:
    """The content is the one that was signed; raises SignatureRefused."""
    given = call.header(b"content-digest")
    if not given and not body:
        return
    told = re.fullmatch(r"sha-256=:([A-Za-z0-9+/]{43}=):", given)
    if told is None or not compare_digest(strict_bytes(told[1]), hashlib.sha256(body).digest()):
        raise SignatureRefused("digest", who)


def strict_bytes(text: str) -> bytes:
    """Base64 in its one spelling: stray bits in the last character make no second one."""
    try:
        found = base64.b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""
    return found if base64.b64encode(found).decode() == text else b""


def _read_input(header: str) -> tuple[str, str, tuple[str, ...], dict[str, str]]:
    found = _INPUT.fullmatch(header)
    if found is None:
        raise SignatureRefused("input")
    names = found[3].split(" ") if found[3] else []
    covered = tuple(name.strip('"') for name in names)
    if len(set(covered)) != len(covered) or "" in covered or len(covered) > MOST_COVERED:
        raise SignatureRefused("covered")
    return found[1], found[2], covered, _parameters(found[4])


def _parameters(text: str) -> dict[str, str]:
    pairs = [
        (number or word, digits or value)
        for number, digits, word, value in _PARAMETER.findall(text)
    ]
    given = dict(pairs)
    if _PARAMETER.sub("", text) or len(given) != len(pairs):
        raise SignatureRefused("parameters")
    if _NEEDED - given.keys() or given.keys() - _KNOWN:
        raise SignatureRefused("parameters")
    if given["tag"] != TAG or given.get("alg", "ed25519") != "ed25519":
        raise SignatureRefused("tag")
    if not SHORTEST_NONCE <= len(given["nonce"]) <= LONGEST_NONCE:
        raise SignatureRefused("nonce")
    return given


def _refuse_untimely(given: dict[str, str], at: float, who: str) -> None:
    created = float(given["created"])
    if not at - OLDEST <= created <= at + EARLIEST or at >= float(given.get("expires", "inf")):
        raise SignatureRefused("time", who)


def _base(call: Call, target: str, covered: tuple[str, ...], params: str, who: str) -> bytes:
    """The text that was signed; what the profile demands has to be in it."""
    has_content = call.has_body or any(name.encode() in call.headers for name in CONTENT)
    if set(ALWAYS + (CONTENT if has_content else ())) - set(covered):
        raise SignatureRefused("covered", who)
    derived = {"@method": call.method, "@target-uri": target}
    lines = []
    for name in covered:
        value = derived.get(name)
        if value is None and name.encode() in call.headers:
            value = call.header(name.encode()).strip()
        if value is None:
            raise SignatureRefused("covered", who)
        lines.append(f'"{name}": {value}\n')
    return f'{"".join(lines)}"@signature-params": {params}'.encode("latin-1")


def _signature(header: str, label: str, who: str) -> bytes:
    found = re.fullmatch(r"([a-z][a-z0-9_.-]{0,63})=:([A-Za-z0-9+/=]{88}):", header)
    if found is None or found[1] != label:
        raise SignatureRefused("signature", who)
    return strict_bytes(found[2])
