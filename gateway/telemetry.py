"""What the gateway notes about each request: numbers and route names, never persons."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Telemetry(Collector):
    """Plain numbers while requests pass; they become metrics when somebody asks for them."""

    def __init__(self, silent_for: Callable[[], float]) -> None:
        self.under_way = 0
        self._silent_for = silent_for
        self._requests: Counter[tuple[str, int]] = Counter()
        self._refusals: Counter[str] = Counter()
        self._slots: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(BOUNDS) + 1))
        self._seconds: Counter[str] = Counter()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def exposition(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self._registry)

    def refused(self, code: str) -> None:
        """Count a refusal of the gateway's own."""
        self._refusals[code] += 1

    def done(self, service: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        self._requests[service, status] += 1
        self._slots[service][bisect_left(BOUNDS, seconds)] += 1
        self._seconds[service] += seconds  # type: ignore[assignment]  # a Counter of seconds

    def collect(self) -> Iterator[Metric]:
        """What Prometheus' client asks a collector for."""
        requests = CounterMetricFamily(
            "gateway_requests", "Answered requests.", labels=("service", "status")
        )
        for (service, status), count in self._requests.items():
            requests.add_metric((service, str(status)), count)
        yield requests
        refusals = CounterMetricFamily(
            "gateway_refusals", "Refused at the door, by code.", labels=("code",)
        )
        for code, count in self._refusals.items():
            refusals.add_metric((code,), count)
        yield refusals
        yield self._times()
        yield GaugeMetricFamily("gateway_requests_in_flight", "Requests under way.", self.under_way)
        yield GaugeMetricFamily(
            "gateway_revocations_silent_seconds",
            "Seconds since identity last told which sessions ended.",
            self._silent_for(),
        )

    def _times(self) -> Metric:
        times = HistogramMetricFamily(
            "gateway_request_seconds", "Time until the answer was sent.", labels=("service",)
        )
        for service, slots in self._slots.items():
            seen, buckets = 0, []
            for bound, count in zip((*map(float, BOUNDS), float("inf")), slots, strict=True):
                seen += count
                buckets.append(("+Inf" if bound == float("inf") else str(bound), float(seen)))
            times.add_metric((service,), buckets, self._seconds[service])
        return times
