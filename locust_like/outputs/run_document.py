"""Everything that is known about a run, as one JSON document: `--summary FILE`.

`docs/summary.schema.json` describes it, field by field, and a test validates what is written here
against that. If you add a field, also add it there; if you take one away or change its meaning,
raise `FORMAT_VERSION` too.

Locust's JSON was not extended instead: other tools read it, and it has no place for totals.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like.interfaces import WorkersNow
from locust_like.outputs.captures import PHASES, as_document
from locust_like.outputs.files import check_writable, write_whole
from locust_like.stats.accounting import account

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.outputs.base import Moment, RunResult
    from locust_like.stats.entry import StatsEntry
    from locust_like.stats.health import RunHealth
    from locust_like.stats.view import StatsView

FORMAT = "locust_like.summary"
FORMAT_VERSION = 1

PERCENTILES = (50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100)
_PHASE_PERCENTILES = (50, 95, 99)
_MOST_INTERVALS = 3600
# A bucket takes one line, not five. No text can look like this: its line ends are escaped.
_BUCKET = re.compile(r"\[\n +([\d.e+-]+),\n +([\d.e+-]+),\n +(\d+)\n +\]")

Document = dict[str, object]


@dataclass(frozen=True)
class OptionValue:
    """An option of the run, and where its value came from."""

    name: str
    value: object
    origin: str


@dataclass(frozen=True)
class Revision:
    """The commit that the locustfile's folder is at."""

    commit: str
    is_modified: bool


@dataclass(frozen=True)
class RunFacts:
    """What is known about a run before it begins, as plain values without secrets."""

    host: str | None
    locustfiles: tuple[str, ...]
    user_classes: tuple[str, ...]
    options: tuple[OptionValue, ...]
    versions: Mapping[str, str]
    machine: Mapping[str, str | int]
    revision: Revision | None


@dataclass
class _Interval:
    """A stretch of the run with one verdict."""

    elapsed_s: float
    seconds: float
    verdict: str
    causes: list[str]


class RunDocument:
    """Notes the generator's health each second, and writes the document at the end."""

    period_s = 1.0

    def __init__(self, path: str, facts: RunFacts) -> None:
        """Write to a file, whose folder is made if it is missing."""
        self.path = Path(path)
        self._facts = facts
        self._intervals: list[_Interval] = []

    def start(self) -> None:
        """Refuse a run whose document could not be written."""
        check_writable(self.path)

    def tick(self, moment: Moment) -> None:
        """Note what the generator said about itself."""
        if self._intervals and moment.elapsed_s < self._intervals[-1].elapsed_s:
            self._intervals.clear()  # a run of its own, started on the page
        self._note(moment, moment.health)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Write the document."""
        self._note(result.moment, result.unseen_health)
        text = json.dumps(self.document(result), indent=1, allow_nan=False)
        write_whole(self.path, _BUCKET.sub(r"[\1, \2, \3]", text) + "\n")
        return (str(self.path),)

    def document(self, result: RunResult) -> Document:
        """Return the document of a finished run."""
        stats, facts = result.moment.stats, self._facts
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "run": _run(result, facts),
            "totals": _entry(stats.total),
            "accounting": _accounting(stats),
            "entries": [_entry(entry) for entry in stats.entries.values()],
            "dropped_names": stats.snapshot().dropped_names,
            "errors": _errors(stats),
            "exceptions": [asdict(one) for one in result.exceptions],
            "health": _health(result.moment.health, self._intervals),
            "workers": _workers(result.moment),
            "unverified_users": list(result.unverified),
            "files": list(result.files),
            "options": [asdict(option) for option in facts.options],
            "versions": dict(facts.versions),
            "machine": dict(facts.machine),
        }

    def _note(self, moment: Moment, health: RunHealth) -> None:
        if not health.seconds:
            return
        last = self._intervals[-1] if self._intervals else None
        causes = [cause.text for cause in health.causes]
        if last and len(self._intervals) >= _MOST_INTERVALS and last.verdict == health.verdict:
            last.elapsed_s, last.causes = moment.elapsed_s, causes or last.causes
            last.seconds += health.seconds
            return
        interval = _Interval(moment.elapsed_s, health.seconds, health.verdict, causes)
        self._intervals.append(interval)


def _run(result: RunResult, facts: RunFacts) -> Document:
    moment = result.moment
    return {
        "start_time": _iso(result.start_wall_s),
        "end_time": _iso(result.end_wall_s),
        "elapsed_s": moment.elapsed_s,
        "time_limit_s": moment.run_time_s,
        "ending": result.ending,
        "exit_code": int(result.exit_code),
        "target_users": moment.target_user_count,
        "degraded": moment.workers is not None and moment.workers.is_degraded,
        "host": facts.host,
        "locustfiles": list(facts.locustfiles),
        "user_classes": list(facts.user_classes),
        "revision": None if facts.revision is None else asdict(facts.revision),
    }


def _accounting(stats: StatsView) -> Document:
    terms = account(stats)
    return {**asdict(terms), "difference": terms.difference}


def _entry(entry: StatsEntry) -> Document:
    row = entry.row()
    if row is None:
        raise ValueError(f"no figures of {entry.method} {entry.name}")
    return {
        "method": row.method,
        "name": row.name,
        "num_requests": row.num_requests,
        "num_failures": row.num_failures,
        "num_cancelled": row.num_cancelled,
        "num_none_requests": row.num_none_requests,
        "requests_per_s": row.rps,
        "failures_per_s": row.fail_per_s,
        "start_time": _iso(row.start_wall_s),
        "last_request_time": _iso_or_none(row.last_request_wall_s),
        "response_time": {
            "total_ms": row.total_response_time_ms,
            "mean_ms": row.avg_response_time_ms,
            "min_ms": row.min_response_time_ms,
            "max_ms": row.max_response_time_ms,
            "percentiles_ms": {f"{p:g}": row.percentile(p / 100) for p in PERCENTILES},
            "histogram_ms": [
                [lower_us / 1000, upper_us / 1000, count]
                for lower_us, upper_us, count in row.histogram()
            ],
        },
        "phases": {phase: _phase(entry, phase) for phase in PHASES},
        "content_bytes": row.content_bytes,
        "sent_bytes": row.sent_bytes,
        "received_bytes": row.received_bytes,
        "exchanges": row.exchanges,
        "hops": row.hops,
        "challenges": row.challenges,
        "retries": row.retries,
        "never_sent": row.never_sent,
        "protocols": dict(row.protocols()),
        "status_codes": {str(code): count for code, count in row.status_codes().items()},
        "failure_codes": dict(row.failure_codes()),
    }


def _phase(entry: StatsEntry, phase: str) -> Document:
    row = entry.row()
    return {
        "mean_ms": row and row.phase_mean_ms(phase),
        "percentiles_ms": {
            f"{p:g}": row and row.phase_percentile(phase, p / 100) for p in _PHASE_PERCENTILES
        },
    }


def _errors(stats: StatsView) -> list[Document]:
    return [
        {
            "method": row.method,
            "name": row.name,
            "code": row.code,
            "status": row.status,
            "text": row.text,
            "occurrences": row.occurrences,
            "first_seen": _iso(row.first_seen_wall_s),
            "last_seen": _iso(row.last_seen_wall_s),
            "captures": [
                {"time": _iso(capture.wall_s), **as_document(capture)} for capture in row.captures
            ],
        }
        for row in stats.snapshot().errors
    ]


def _health(health: RunHealth, intervals: Sequence[_Interval]) -> Document:
    return {
        "verdict": health.verdict,
        "seconds": health.seconds,
        "late_s": health.late_s,
        "invalid_s": health.invalid_s,
        "causes": [asdict(cause) for cause in health.causes],
        "blockers": [asdict(blocker) for blocker in health.blockers],
        "resume_delay_p99_ms": health.resume_delay_p99_ms,
        "python_busy": health.python_busy,
        "io_busy": health.io_busy,
        "run_queue_wait": health.run_queue_wait,
        "steal": health.steal,
        "intervals": [asdict(interval) for interval in intervals],
    }


def _workers(moment: Moment) -> list[Document]:
    """Return who ran the users; nobody where this process did."""
    workers = moment.workers or WorkersNow()
    return [
        {
            "name": row.name,
            "index": row.index,
            "host": row.host,
            "pid": row.pid,
            "version": row.version,
            "weight": row.weight,
            "lost": row.reason if workers.is_degraded else "",
            "num_requests": row.requests,
            "unaccounted": {
                "requests": row.unaccounted_requests,
                "estimate": row.unaccounted_estimate,
                "seconds": row.unaccounted_s,
            },
            "clock_skew_s": row.clock_skew_s,
            "round_trip_s": row.round_trip_s,
            "health": {
                "verdict": row.verdict,
                "cause": row.cause,
                "resume_delay_p99_ms": row.resume_delay_p99_ms,
            },
        }
        for row in workers.rows
    ]


def _iso(wall_s: float) -> str:
    text = datetime.fromtimestamp(wall_s, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _iso_or_none(wall_s: float | None) -> str | None:
    return None if wall_s is None else _iso(wall_s)
