"""The head of one request as the parser read it, and its body as far as it has come."""

# A second one of these could be read by the next reader instead of the first.
ONCE = frozenset({
    b"host", b"content-length", b"transfer-encoding", b"content-type", b"content-encoding",
    b"authorization", b"x-client-assertion", b"x-forwarded-for", b"x-request-id", b"expect",
    b"if-match", b"idempotency-key", b"traceparent", b"upgrade", b"x-deadline-ms",
})  # fmt: skip


class Head:
    """Filled by the parser's callbacks, which must not fail; ``inbound`` judges it."""

    __slots__ = (
        "asks_upgrade", "count", "fields", "is_whole", "keeps_alive", "method", "parts",
        "peer", "repeated", "size", "target", "version",
    )  # fmt: skip

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.method = ""
        self.target = b""
        self.version = ""
        self.fields: dict[bytes, bytes] = {}
        self.repeated = b""
        self.size = 0
        self.count = 0
        self.keeps_alive = True
        self.asks_upgrade = False
        self.parts: list[bytes] = []
        self.is_whole = False

    def repeat(self, name: bytes, value: bytes) -> None:
        """A field that came before; those that may do so become one, as HTTP has it."""
        if name in ONCE:
            self.repeated = name
        elif name == b"cookie":
            self.fields[name] += b"; " + value
        else:
            self.fields[name] += b", " + value

    def take(self) -> bytes:
        """What came of the body since the last time."""
        parts = self.parts
        if not parts:
            return b""
        self.parts = []
        return b"".join(parts)
