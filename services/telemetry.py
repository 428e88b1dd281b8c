"""What the hub tells of itself: one method for each thing worth telling, log line and metric together.

Labels come from closed sets (connectors, outcomes, reasons, suppliers, views); there is never a person, a school or a URL in one.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from contracts.dates import SECOND, Micros, rfc3339
from contracts.puller import TROUBLES

_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES: Final = (1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)


def _without_values(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception as its type and where it came from: its text may hold payload values."""
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told if isinstance(told, BaseException) else None
    if error is not None:
        event["error"] = type(error).__name__
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-12:]]
    return event


def configure(level: str) -> None:
    """JSON lines on stderr, ours and the server's alike. The Kafka libraries are silent: what they say a hundred times a second, the hub
    says once for each try, and without values."""
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _without_values,
    ]  # fmt: skip
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()])
    )  # fmt: skip
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]), force=True)
    for name in ("aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class Telemetry:
    """`Observer` on structlog and Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._log = structlog.get_logger("fremgang")
        r = self.registry
        self._items = Counter("fremgang_items", "Items received, by what became of them at intake", ["connector", "outcome"], registry=r)
        self._refused = Counter("fremgang_refused_requests", "Requests refused whole", ["connector", "reason"], registry=r)
        self._append = Histogram("fremgang_append_seconds", "Time to append a request durably", registry=r, buckets=_QUICK)
        self._batch = Histogram("fremgang_batch_records", "Records in one append", registry=r, buckets=_SIZES)
        self._folded = Counter("fremgang_folded_records", "Records folded into sheets", registry=r)
        self._lag = Gauge("fremgang_lag_seconds", "Age of the oldest record that is not folded yet", registry=r)
        self._pending = Gauge("fremgang_pending_records", "Records appended and not yet folded", registry=r)
        self._fresh = Gauge(
            "fremgang_source_newest_event_timestamp_seconds", "Newest event time of a source, since 1970", ["source"], registry=r
        )
        self._newest: dict[str, Micros] = {}
        self._timing: list[list[float]] = []
        self._pages = Counter("fremgang_pulled_pages", "Pages fetched from a source and taken", ["source"], registry=r)
        self._pulled = Counter("fremgang_pulled_items", "Items of those pages: new, or known already", ["source", "known"], registry=r)
        self._untold = Counter("fremgang_pull_failures", "Times a source could not be read", ["source", "trouble"], registry=r)
        self._success = Gauge(
            "fremgang_pull_last_success_timestamp_seconds", "When all that a source had was last taken, since 1970", ["source"], registry=r
        )
        self.pulling: dict[str, str] = {}
        """Source -> its trouble, empty where it is read."""
        self._read = Histogram("fremgang_read_seconds", "Time to answer a view", ["view", "status"], registry=r, buckets=_QUICK)
        self._deleted = Counter("fremgang_deleted", "What retention and erasure deleted", ["what"], registry=r)
        self._interrupted = Counter("fremgang_interruptions", "Times a loop lost log or store and tried again", registry=r)
        self._ticks = Counter("fremgang_ticks", "Institutions whose new day began", registry=r)

    def items_received(self, connector: str, outcome: str, count: int) -> None:
        self._items.labels(connector, outcome).inc(count)
        self._log.debug("items received", connector=connector, outcome=outcome, count=count)

    def request_refused(self, connector: str, reasons: Sequence[str]) -> None:
        for reason in reasons:
            self._refused.labels(connector, reason).inc()
        self._log.info("request refused", connector=connector, reasons=list(reasons))

    def appended(self, records: int, seconds: float) -> None:
        self._append.observe(seconds)
        self._batch.observe(records)
        for timed in self._timing:
            timed.append(seconds)

    @contextmanager
    def appends(self) -> Iterator[list[float]]:
        """How long each append took, in seconds, of those that end meanwhile."""
        timed: list[float] = []
        self._timing.append(timed)
        try:
            yield timed
        finally:
            self._timing = [one for one in self._timing if one is not timed]

    def folded(self, records: int, sheets: int, lag_seconds: float) -> None:
        self._folded.inc(records)
        self._log.debug("batch folded", records=records, sheets=sheets, lag_seconds=round(lag_seconds, 3))

    def behind(self, pending: float, lag_seconds: float) -> None:
        """How far the fold is behind the log, as asked now; not a number where log or store does not answer."""
        self._pending.set(pending)
        self._lag.set(lag_seconds)

    def source_fresh(self, source: str, data_until: Micros) -> None:
        """A source tells of several schools: the newest of them all."""
        self._newest[source] = max(data_until, self._newest.get(source, data_until))
        self._fresh.labels(source).set(self._newest[source] / SECOND)

    def page_pulled(self, source: str, new: int, known: int) -> None:
        self._pages.labels(source).inc()
        self._pulled.labels(source, "new").inc(new)
        self._pulled.labels(source, "known").inc(known)
        self._log.debug("page pulled", source=source, new=new, known=known)

    def source_read(self, source: str, now: Micros) -> None:
        """All that it had was taken."""
        self._success.labels(source).set(now / SECOND)
        if self.pulling.get(source):
            self._log.info("source is read again", source=source)
        self.pulling[source] = ""

    def pull_failed(self, source: str, trouble: str, cause: BaseException | None) -> None:
        self._untold.labels(source, trouble).inc()
        self.pulling[source] = trouble
        told = TROUBLES[trouble]
        self._log.warning("source cannot be read", source=source, trouble=trouble, title=told.title, mend=told.mend, exc_info=cause)

    def source_left(self, source: str) -> None:
        """It is not fetched from any more, or anew with other settings."""
        self.pulling.pop(source, None)

    def view_read(self, view: str, status: int, seconds: float) -> None:
        self._read.labels(view, str(status)).observe(seconds)

    def interrupted(self, reason: str) -> None:
        self._interrupted.inc()
        self._log.warning("interrupted; trying again", reason=reason)

    def ticked(self, institutions: int) -> None:
        self._ticks.inc(institutions)
        self._log.info("a new day began", institutions=institutions)

    def deleted(self, what: str, count: int) -> None:
        self._deleted.labels(what).inc(count)
        self._log.info("deleted", what=what, count=count)

    def started(self, address: str, now: Micros) -> None:
        self._log.info("listening", address=address, hub_time=rfc3339(now))

    def warned(self, what: str) -> None:
        """Of what an operator may have meant, and should know."""
        self._log.warning(what)

    def stopped(self, reason: str) -> None:
        self._log.info("stopped", reason=reason)
