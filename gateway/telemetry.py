"""What the gateway notes about each request: numbers and route names, never persons."""

from collections.abc import Callable

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from gateway.answers import Outgoing
from gateway.inbound import Call
from gateway.routes import Match

log = structlog.get_logger()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Telemetry:
    """Metrics in a registry of their own, and one log line for each request."""

    def __init__(self, silent_for: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "gateway_requests_total", "Answered requests.", ("service", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._refusals = Counter(
            "gateway_refusals_total", "Refused at the door, by code.", ("code",),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "gateway_request_seconds", "Time until the answer was sent.", ("service",),
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.in_flight = Gauge(
            "gateway_requests_in_flight", "Requests under way.", registry=self.registry
        )
        silent = Gauge(
            "gateway_revocations_silent_seconds",
            "Seconds since identity last told which sessions ended.",
            registry=self.registry,
        )
        silent.set_function(silent_for)

    def exposition(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def refused(self, code: str) -> None:
        """Count a refusal of the gateway's own."""
        self._refusals.labels(code).inc()

    def done(
        self, method: str, call: Call | None, match: Match | None, out: Outgoing, seconds: float
    ) -> None:
        """Note one finished request. Paths may hold anything, so the row of the table is named."""
        service = match.service if match else "gateway"
        self._requests.labels(service, str(out.status)).inc()
        self._seconds.labels(service).observe(seconds)
        log.info(
            "request",
            method=method if method in KNOWN_METHODS else "other",
            service=service,
            route=match.rule.path if match else "",
            status=out.status,
            ms=round(seconds * 1000, 1),
            sent=out.sent,
            trace_id=call.traceparent[3:35] if call else "",
            through=call.client or "" if call else "",
        )
