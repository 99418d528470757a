"""Which headers pass the door, inward and outward: lists of what may, so that nothing else does."""

import re
from collections.abc import Iterable, Mapping

# What a caller may say to a service. Whatever is not here stays outside: X-Actor…, X-Forwarded-…,
# Forwarded, X-Deadline-Ms, X-Client-Assertion and every header that is invented tomorrow.
INWARD: frozenset[bytes] = frozenset({
    b"accept", b"accept-encoding", b"accept-language", b"cache-control", b"content-digest",
    b"content-type", b"if-match", b"if-modified-since", b"if-none-match", b"if-range",
    b"idempotency-key", b"last-event-id", b"prefer", b"range", b"signature", b"signature-input",
    b"user-agent", b"webhook-id", b"webhook-signature", b"webhook-timestamp",
})  # fmt: skip
PAGE_INWARD: frozenset[bytes] = INWARD | frozenset({
    b"cookie", b"hx-boosted", b"hx-current-url", b"hx-history-restore-request", b"hx-prompt",
    b"hx-request", b"hx-target", b"hx-trigger", b"hx-trigger-name", b"origin", b"referer",
    b"sec-fetch-dest", b"sec-fetch-mode", b"sec-fetch-site", b"sec-fetch-user",
    b"sec-purpose", b"x-csrf-token",
})  # fmt: skip

HOP_BY_HOP: frozenset[bytes] = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
    b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
# What services say about themselves, and what only the gateway may say.
NEVER_OUTWARD: frozenset[bytes] = HOP_BY_HOP | frozenset({
    b"content-length", b"server", b"date", b"via", b"x-powered-by", b"x-request-id",
    b"x-deadline-ms", b"x-client-assertion", b"authorization", b"traceparent", b"tracestate",
    b"strict-transport-security", b"x-content-type-options", b"referrer-policy",
    b"cross-origin-opener-policy", b"cross-origin-resource-policy", b"x-frame-options",
    b"ratelimit", b"ratelimit-policy", b"alt-svc",
})  # fmt: skip

SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# Nothing in these can lead anybody anywhere, so nobody looks into them.
PLAIN: frozenset[bytes] = frozenset({
    b"accept-ranges", b"cache-control", b"content-disposition", b"content-encoding",
    b"content-language", b"content-range", b"content-type", b"etag", b"expires",
    b"last-modified", b"retry-after", b"vary",
})  # fmt: skip
USUAL_CONNECTION = {b"close", b"keep-alive", b"Keep-Alive"}
BARE_CSP = b"default-src 'none'; frame-ancestors 'none'"
PAGE_CSP = (
    b"default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)
PATH_HEADERS = {b"location", b"content-location"}
LINK = re.compile(r"<(/v1/[^>]*)>")


def _lines(*fields: tuple[bytes, bytes]) -> bytes:
    return b"".join(b"%b: %b\r\n" % field for field in fields)


OWN_POLICY = _lines(*SECURITY)
BARE_POLICY = _lines((b"content-security-policy", BARE_CSP), *SECURITY)
PAGE_POLICY = _lines((b"content-security-policy", PAGE_CSP), *SECURITY)


def inward(headers: Mapping[bytes, bytes], *, page: bool) -> list[bytes]:
    """The caller's own headers that a service may read, as lines."""
    may = PAGE_INWARD if page else INWARD
    return [b"%b: %b\r\n" % field for field in headers.items() if field[0] in may]


def outward(
    headers: Iterable[tuple[bytes, bytes]], base: str, service: str, *, page: bool
) -> list[tuple[bytes, bytes]]:
    """A service's headers as the world may see them, in lower case as they came; ``base`` is
    where the service really is."""
    kept: list[tuple[bytes, bytes]] = []
    named: set[bytes] = set()
    for field in headers:
        name, value = field
        if name in PLAIN:
            kept.append(field)
        elif name == b"connection" and value not in USUAL_CONNECTION:
            named.update(token.strip().lower() for token in value.split(b","))
        elif name not in NEVER_OUTWARD and not name.startswith(b"access-control-"):
            shown = _looked_into(name, value, base, service, page=page)
            if shown is not None:
                kept.append((name, shown))
    return [field for field in kept if field[0] not in named] if named else kept


def _looked_into(name: bytes, value: bytes, base: str, service: str, *, page: bool) -> bytes | None:
    if name == b"set-cookie" and not page:
        return None
    if name in PATH_HEADERS:
        return own_path(value, base, service, page=page) or None
    if name == b"link" and not page:
        text = value.decode("latin-1").replace(f"<{base}/", "</")
        return LINK.sub(rf"</api/{service}\1>", text).encode("latin-1")
    return value


def own_path(value: bytes, base: str, service: str, *, page: bool) -> bytes:
    """A redirect target on our own origin, or nothing: no answer sends anybody elsewhere."""
    text = value.decode("latin-1").removeprefix(base)
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return b"" if ":" in text or text.startswith("//") or "\\" in text else value
    if not page and text.startswith("/v1/"):
        text = f"/api/{service}{text}"
    return text.encode("latin-1")


def security_of(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Every answer carries these; a page's own policy comes from whoever made the page."""
    policy = BARE_POLICY
    for name, value in fields:
        if name == b"content-security-policy":
            return OWN_POLICY
        if name == b"content-type" and value.startswith(b"text/html"):
            policy = PAGE_POLICY
    return policy
