"""How a call is put to a service, and how the service's answer is put to the world."""

from gateway import headers
from gateway.answers import Headers
from gateway.credentials import Assertions, Credential
from gateway.exchange import Question
from gateway.inbound import Call
from gateway.lines import Fields
from gateway.proxy import Upstream, Upstreams, down, late
from gateway.refusals import Broken
from gateway.routes import FRONTEND, Match
from gateway.settings import Settings
from services.chassis.kernel.refusals import Refusal

SILENCE = 30.0
BODILESS = {"GET", "HEAD", "OPTIONS"}
NO_STORE = (b"cache-control", b"no-store")


class Passage:
    """Knows the services and speaks to them in the caller's name."""

    def __init__(self, settings: Settings, upstreams: Upstreams, assertions: Assertions) -> None:
        self._upstreams = upstreams
        self._assertions = assertions
        self._stream_silence = settings.stream_silence_seconds
        scheme, _, host = settings.public_url.rstrip("/").partition("://")
        self._origin = f"X-Forwarded-Proto: {scheme}\r\nX-Forwarded-Host: {host}\r\n"

    def to(self, match: Match) -> Upstream:
        """The service behind a row of the table."""
        return self._upstreams[match.service]

    def question(
        self, call: Call, match: Match, person: Credential | None, body: bytes | None
    ) -> Question:
        """The request as the service will read it; ``body`` None means that it follows."""
        rule = match.rule
        seconds = rule.seconds
        if call.inner_deadline is not None:
            seconds = min(seconds, call.inner_deadline / 1000)
            if seconds <= 0:
                raise late()
        upstream = self._upstreams[match.service]
        page = match.service == FRONTEND
        told = (
            f"X-Forwarded-For: {call.address}\r\n{self._origin}X-Request-Id: {call.request_id}\r\n"
            f"X-Deadline-Ms: {int(seconds * 1000)}\r\ntraceparent: {call.traceparent}\r\n"
        )
        # The pages ask the gateway again with the person's own token; services get an assertion.
        if not page:
            token = self._assertions.of(person, match.service, call.client)
            told += f"Authorization: Bearer {token}\r\n"
        elif person is not None:
            told += f"Authorization: Bearer {person.token}\r\n"
        line = f"{call.method} {upstream.prefix}{match.path}"
        query = b"?" + call.query if call.query else b""
        request = b"".join([
            line.encode(), query, b" HTTP/1.1\r\n", upstream.host_field,
            *headers.inward(call.headers, page=page), told.encode("latin-1"),
            _framing(call, body), b"\r\n", body or b"",
        ])  # fmt: skip
        silence = self._stream_silence if rule.streams else SILENCE
        return Question(
            request, call.method == "HEAD", seconds, silence,
            body is not None, body is None and call.length is None,
        )  # fmt: skip

    def outward(self, status: int, fields: Fields, match: Match) -> Headers:
        """The answer's own headers as the world may see them; raises what a bare error becomes."""
        page = match.service == FRONTEND
        shown = headers.outward(
            fields, self._upstreams[match.service].base, match.service, page=page
        )
        if status >= 500:
            _refuse_bare(status, shown, page=page)
        if not page and not any(name == b"cache-control" for name, _ in shown):
            shown.append(NO_STORE)
        return shown


def _framing(call: Call, body: bytes | None) -> bytes:
    if body is None:
        if call.length is None:
            return b"Transfer-Encoding: chunked\r\n"
        return b"Content-Length: %d\r\n" % call.length
    if body or call.method not in BODILESS:
        return b"Content-Length: %d\r\n" % len(body)
    return b""


def _refuse_bare(status: int, fields: Headers, *, page: bool) -> None:
    """A bare error of a service may hold a stack or worse, so it is told in our own words."""
    kind = next((value for name, value in fields if name == b"content-type"), b"")
    told = (b"application/problem+json", b"text/html") if page else b"application/problem+json"
    if not kind.startswith(told):
        raise _instead_of(status)


def _instead_of(status: int) -> Refusal:
    if status in (502, 503):
        return down()
    if status == 504:
        return late()
    return Broken("系统出错，已经记录。请稍后再试，如需求助请提供本次请求的编号。")
