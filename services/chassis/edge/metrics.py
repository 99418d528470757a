"""What is counted: requests by route and status, how long they took, how many are under way."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """One part's figures, in a registry of their own: several parts may share a process."""

    def __init__(self, part: str) -> None:
        self.registry = CollectorRegistry()
        labels = ("part", "method", "route", "status")
        self._part = part
        self._requests = Counter(
            "http_requests", "Requests answered", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "http_request_seconds",
            "Seconds until the answer was out",
            ("part", "method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._running = Gauge(
            "http_requests_running", "Requests under way", ("part",), registry=self.registry
        ).labels(part)

        self._checks = Gauge(
            "check_ok",
            "Whether a check of readiness holds",
            ("part", "check"),
            registry=self.registry,
        )
        self._unsealed = Gauge(
            "audit_unsealed_seconds",
            "Age of the oldest audit row that no seal covers",
            ("part",),
            registry=self.registry,
        )

        self._figures: dict[str, Gauge] = {}

    def note_figures(self, figures: Mapping[str, float], told: Mapping[str, str]) -> None:
        """How much waits; ``told`` says in words what each figure is."""
        for name, value in figures.items():
            if name not in self._figures:
                gauge = Gauge(name, told[name], ("part",), registry=self.registry)
                self._figures[name] = gauge
            self._figures[name].labels(self._part).set(value)

    def note_check(self, check: str, ok: bool) -> None:
        """How a check stands; alert rules ask for this."""
        self._checks.labels(self._part, check).set(int(ok))

    def note_unsealed(self, seconds: float) -> None:
        """A figure that grows says that the sealing of the audit stands still."""
        self._unsealed.labels(self._part).set(seconds)

    def begin(self) -> None:
        self._running.inc()

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer; ``route`` is the template, so that no label holds an id."""
        self._running.dec()
        self._requests.labels(self._part, method, route, str(status)).inc()
        self._seconds.labels(self._part, method, route).observe(seconds)

    def page(self) -> tuple[str, bytes]:
        """Media type and text of ``/metrics``."""
        return CONTENT_TYPE_LATEST, generate_latest(self.registry)
