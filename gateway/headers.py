"""Which headers pass the door, inward and outward: lists of what may, so that nothing else does."""

import re
from collections.abc import Iterable

from gateway.inbound import Call

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
    b"server", b"date", b"via", b"x-powered-by", b"x-request-id", b"x-deadline-ms",
    b"x-client-assertion", b"authorization", b"traceparent", b"tracestate",
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
BARE_CSP = b"default-src 'none'; frame-ancestors 'none'"
PAGE_CSP = (
    b"default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)
PATH_HEADERS = {b"location", b"content-location"}
LINK = re.compile(r"<(/v1/[^>]*)>")


def inward(call: Call, *, page: bool) -> list[tuple[str, str]]:
    """The caller's own headers that a service may read."""
    may = PAGE_INWARD if page else INWARD
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in call.headers.items()
        if name in may
    ]


def outward(
    headers: Iterable[tuple[bytes, bytes]], base: str, service: str, *, page: bool
) -> list[tuple[bytes, bytes]]:
    """A service's headers as the world may see them; ``base`` is where the service really is."""
    pairs = [(name.lower(), value) for name, value in headers]
    named = {
        token.strip().lower() for n, v in pairs if n == b"connection" for token in v.split(b",")
    }
    kept: list[tuple[bytes, bytes]] = []
    for name, value in pairs:
        if name in NEVER_OUTWARD or name in named or name.startswith(b"access-control-"):
            continue
        if name == b"set-cookie" and not page:
            continue
        if name in PATH_HEADERS:
            value = own_path(value, base, service, page=page)
            if not value:
                continue
        elif name == b"link" and not page:
            text = value.decode("latin-1").replace(f"<{base}/", "</")
            value = LINK.sub(rf"</api/{service}\1>", text).encode("latin-1")
        kept.append((name, value))
    return kept


def own_path(value: bytes, base: str, service: str, *, page: bool) -> bytes:
    """A redirect target on our own origin, or nothing: no answer sends anybody elsewhere."""
    text = value.decode("latin-1").removeprefix(base)
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return b"" if ":" in text or text.startswith("//") or "\\" in text else value
    if not page and text.startswith("/v1/"):
        text = f"/api/{service}{text}"
    return text.encode("latin-1")


def with_security(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Every answer carries these; a page's own policy comes from whoever made the page."""
    names = {name for name, _ in headers}
    is_page = any(n == b"content-type" and v.startswith(b"text/html") for n, v in headers)
    if b"content-security-policy" not in names:
        headers = [*headers, (b"content-security-policy", PAGE_CSP if is_page else BARE_CSP)]
    return [*headers, *SECURITY]
