"""What Prometheus may know: counts and times, never who or how much."""

from datetime import datetime
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from storage.jobs_status import JobDepth
from storage.outbox_status import Depth

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "turf_requests", "Finished requests", ["kind", "name", "outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "turf_request_seconds", "From the delivery to the answer", ["kind"], registry=self.registry
        )
        self._refused = Counter("turf_refused", "Requests refused at the door", ["status"], registry=self.registry)
        self._sockets = Gauge("turf_sockets", "Open Socket Mode connections", registry=self.registry)
        self._reconnects = Counter(
            "turf_reconnects", "Socket Mode connections that had to be made anew", registry=self.registry
        )

        self._outbox = Gauge(
            "turf_outbox",
            "Messages by state; retrying and unknown are among those that are waiting",
            ["state"],
            registry=self.registry,
        )
        self._oldest = Gauge(
            "turf_outbox_oldest_seconds", "Age of the oldest message that waits", registry=self.registry
        )
        self._jobs = Gauge(
            "turf_jobs", "Jobs by state; retrying is among those that are waiting", ["state"], registry=self.registry
        )
        self._late = Gauge(
            "turf_jobs_oldest_seconds", "For how long the oldest job has been due", registry=self.registry
        )

        # Finding a series by its labels costs more than counting in it.
        self._count = cache(self._requests.labels)
        self._time = cache(self._seconds.labels)

    def finished(self, kind: str, name: str, outcome: str, seconds: float) -> None:
        self._count(kind, name, outcome).inc()
        self._time(kind).observe(seconds)

    def refused(self, status: int) -> None:
        self._refused.labels(str(status)).inc()

    def connected(self, change: int) -> None:
        self._sockets.inc(change)

    def reconnected(self) -> None:
        self._reconnects.inc()

    def outbox(self, depth: Depth, now: datetime) -> None:
        """What waits to be sent, for all processes: it is read from the database."""
        for state in ("waiting", "retrying", "unknown", "dead"):
            self._outbox.labels(state).set(getattr(depth, state))
        self._oldest.set((now - depth.oldest).total_seconds() if depth.oldest else 0)

    def jobs(self, depth: JobDepth, now: datetime) -> None:
        """What workers have yet to do, for all processes."""
        for state in ("waiting", "retrying", "dead"):
            self._jobs.labels(state).set(getattr(depth, state))
        self._late.set((now - depth.oldest).total_seconds() if depth.oldest else 0)

    def text(self) -> bytes:
        return generate_latest(self.registry)
