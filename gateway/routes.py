"""The routing table: which path goes to whom, how often, how big, how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from services.chassis.kernel.refusals import MethodNotAllowed, NotFound

KIB = 1024
MIB = 1024 * KIB
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FRONTEND = "frontend"
SHAPES = 2_000


class Proof(StrEnum):
    """Which credential a route honours; the browser's cookie never counts under ``/api/``."""

    BEARER = "bearer"
    COOKIE = "cookie"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: ``*`` in ``path`` is one segment, ``**`` at its end any number of them.

    ``service`` ``*`` means every service under ``/api/``. ``limit`` counts beside the general
    limit; ``seconds`` is the budget until the answer begins.
    """

    service: str
    path: str
    methods: tuple[str, ...] = METHODS
    limit: str | None = None
    body: int = 64 * KIB
    seconds: float = 10.0
    proof: Proof = Proof.BEARER
    streams: bool = False
    is_open: bool = True


POST = ("POST",)
PUT = ("PUT",)
GET = ("GET", "HEAD")
COOKIE = Proof.COOKIE
SHEET = 300 * MIB
UPLOAD = 20 * MIB

# The first row that fits decides.
RULES: tuple[Rule, ...] = (
    # What parts say to each other goes past the gateway, never through it.
    Rule("identity", "/session-exchanges/**", is_open=False),
    Rule("identity", "/revocations/**", is_open=False),
    Rule("identity", "/assertion-exchanges/**", is_open=False),
    Rule("identity", "/gateway-refusals/**", is_open=False),
    Rule("identity", "/standing-checks/**", is_open=False),
    Rule("identity", "/client-directory/**", is_open=False),
    Rule("identity", "/nonces/**", is_open=False),
    Rule("identity", "/me/phone/**", is_open=False),
    # Where guessing would pay.
    Rule("identity", "/phone-codes", POST, limit="phone-code"),
    Rule("identity", "/worker-sessions", POST, limit="log-in"),
    Rule("identity", "/worker-sessions/mini-program", POST, limit="log-in", seconds=20),
    Rule("identity", "/staff-sessions", POST, limit="log-in"),
    Rule("identity", "/staff-sessions/provider", POST, limit="log-in"),
    Rule("identity", "/provider-log-ins", POST, limit="log-in"),
    Rule("identity", "/provider-answers", POST, limit="log-in", seconds=20),
    Rule("identity", "/me/provider-link", POST, limit="log-in"),
    Rule("identity", "/passwords", PUT, limit="log-in"),
    Rule("identity", "/activations/**", limit="log-in"),
    Rule("identity", "/tokens", POST, limit="token"),
    Rule("identity", "/oauth/token", POST, limit="token", proof=Proof.NONE),
    Rule("membership", "/register-checks", POST, limit="register-check"),
    Rule("membership", "/people/*/disclosures", POST, limit="disclosure"),
    Rule("membership", "/posters/*", GET, limit="public-search"),
    Rule("membership", "/unions/searches", POST, limit="public-search"),
    Rule("membership", "/card-verifications", POST, limit="public-search"),
    # What is large or takes long.
    Rule("membership", "/imports", POST, limit="upload", body=SHEET, seconds=900, streams=True),
    Rule(
        "membership", "/union-imports", POST, limit="upload", body=SHEET, seconds=900, streams=True
    ),
    Rule("membership", "/imports/*/progress", GET, streams=True),
    Rule("membership", "/imports/*/rejected.xlsx", GET, seconds=60, streams=True),
    Rule("membership", "/import-templates/*", GET, seconds=30, streams=True),
    Rule("membership", "/decisions", POST, body=1 * MIB, seconds=60),
    Rule("*", "/attachments", POST, limit="upload", body=UPLOAD, seconds=300, streams=True),
    Rule("*", "/*/*/attachments", POST, limit="upload", body=UPLOAD, seconds=300, streams=True),
    Rule("*", "/batches", POST, body=4 * MIB, seconds=60),
    Rule("*", "/*/batches", POST, body=4 * MIB, seconds=60),
    Rule("*", "/**"),
    # Pages. The frontend's own inner doors stay shut.
    Rule(FRONTEND, "/readyz", is_open=False),
    Rule(FRONTEND, "/metrics", is_open=False),
    Rule(FRONTEND, "/events/**", is_open=False),
    Rule(FRONTEND, "/local/**", is_open=False),
    Rule(FRONTEND, "/docs/**", is_open=False),
    Rule(FRONTEND, "/redoc/**", is_open=False),
    Rule(FRONTEND, "/openapi.json", is_open=False),
    Rule(FRONTEND, "/static/**", GET, limit="static", proof=Proof.NONE),
    *(
        Rule(FRONTEND, path, POST, "upload", SHEET, 900, COOKIE, streams=True)
        for path in ("/imports", "/imports/new", "/union-imports", "/union-imports/new")
    ),
    Rule(FRONTEND, "/imports/*/progress", GET, proof=COOKIE, streams=True),
    Rule(FRONTEND, "/imports/*/rejected.xlsx", GET, seconds=60, proof=COOKIE, streams=True),
    Rule(FRONTEND, "/**", seconds=20, proof=COOKIE),
)


@dataclass(slots=True)
class Match:
    """A request's row, and the path that the service will see."""

    rule: Rule
    service: str
    path: str


class Rows:
    """The rows of one service. What was found is remembered by the shape of the path, in which
    whatever no row names is a star; paths hold ids, shapes do not."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rows = tuple((rule, _segments(rule.path)) for rule in rules)
        self._named = {part for _, pattern in self._rows for part in pattern}
        self._found: dict[tuple[str, ...], Rule] = {}

    def find(self, method: str, path: str) -> Rule:
        """The row for a path as the service will decode it; raises MethodNotAllowed or NotFound."""
        parts = path[1:].split("/") if "%" not in path else _segments(unquote(path))
        named = self._named
        shape = (method, *[part if part in named else "*" for part in parts])
        found = self._found.get(shape)
        if found is None:
            found = self._search(method, _segments(unquote(path)))
            if len(self._found) < SHAPES:
                self._found[shape] = found
        return found

    def _search(self, method: str, parts: tuple[str, ...]) -> Rule:
        allowed: set[str] = set()
        for rule, pattern in self._rows:
            if not _fits(pattern, parts):
                continue
            if not rule.is_open:
                break
            if method in rule.methods:
                return rule
            allowed.update(rule.methods)
        if allowed:
            raise MethodNotAllowed("这个地址不支持这种请求方法。", allow=sorted(allowed))
        raise NotFound("没有这个地址，请检查后重试。")


class Router:
    """Finds the row."""

    def __init__(self, services: Iterable[str], rules: Iterable[Rule] = RULES) -> None:
        rules = tuple(rules)
        self._rows = {
            name: Rows(
                rule
                for rule in rules
                if rule.service == name or (rule.service == "*" and name != FRONTEND)
            )
            for name in services
        }

    def match(self, method: str, path: str) -> Match:
        """The row for a raw path; matching decodes it, because the service will decode it too."""
        if path.startswith("/api/") or path == "/api":
            service, _, below = path[5:].partition("/")
            if service == FRONTEND or service not in self._rows or not below.startswith("v1/"):
                raise NotFound("没有这个接口地址，请对照 /api/docs 中的接口文档。")
            return Match(self._rows[service].find(method, below[2:]), service, "/" + below)
        return Match(self._rows[FRONTEND].find(method, path), FRONTEND, path)


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _fits(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    if pattern[-1] == "**":
        head = pattern[:-1]
        if len(parts) < len(head):
            return False
    elif len(parts) != len(pattern):
        return False
    else:
        head = pattern
    return all(want in ("*", part) for want, part in zip(head, parts, strict=False))
