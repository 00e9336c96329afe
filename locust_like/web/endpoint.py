"""What the pages about single things show: an endpoint, failures, exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locust_like.errors import CommandError
from locust_like.outputs.curl import curl_command
from locust_like.runtime.exceptions import title
from locust_like.web import schemas

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment
    from locust_like.stats.core_types import (
        Capture,
        CapturedMessage,
        EntryStats,
        ErrorStats,
        Snapshot,
    )
    from locust_like.web.feed import Feed
    from locust_like.web.schemas import Phase

MOST_FAILURES = 500
_MOST_BARS = 120
_LONGEST_TEXT = 1024
_LONGEST_TRACEBACK = 16_384
_PHASES: tuple[Phase, ...] = ("blocked", "dns", "connect", "tls", "send", "wait", "receive")


def endpoint(feed: Feed, number: int) -> schemas.Endpoint:
    """Return all that is known of one endpoint.

    Raises: CommandError when there is none with this number.
    """
    method, name, row, stats = feed.endpoint_row(number)
    snapshot = stats.snapshot()
    entry = snapshot.entry(method, name)
    assert entry is not None
    return endpoint_of(entry, row, snapshot)


def endpoint_of(entry: EntryStats, row: schemas.Row, snapshot: Snapshot) -> schemas.Endpoint:
    """Return all that a snapshot knows of one of its entries, whose row is known already."""
    return schemas.Endpoint(
        id=row.id,
        method=entry.method,
        name=entry.name,
        row=row,
        phases=[
            schemas.PhaseTime(
                phase, entry.phase_mean_ms(phase), entry.phase_percentile(phase, 0.95)
            )
            for phase in _PHASES
        ],
        status_codes={str(code): count for code, count in entry.status_codes().items()},
        protocols=entry.protocols(),
        histogram=bars(entry),
        failures=[
            _failure(index, error, entry)
            for index, error in enumerate(snapshot.errors)
            if (error.method, error.name) == (entry.method, entry.name)
        ][:_MOST_BARS],
        retries=entry.retries,
        hops=entry.hops,
        sent_bytes=entry.sent_bytes,
        received_bytes=entry.received_bytes,
    )


def bars(entry: EntryStats) -> list[tuple[float, float, int]]:
    """Return the histogram as (lower ms, upper ms, requests), neighbours joined to 120 at most."""
    buckets = entry.histogram()
    joined = -(-len(buckets) // _MOST_BARS) or 1
    return [
        (part[0][0] / 1000, part[-1][1] / 1000, sum(count for _, _, count in part))
        for part in (buckets[i : i + joined] for i in range(0, len(buckets), joined))
    ]


def failures(snapshot: Snapshot) -> schemas.Failures:
    """Return all kinds of failure, the most frequent first."""
    entries = {(entry.method, entry.name): entry for entry in snapshot.entries}
    rows = sorted(enumerate(snapshot.errors), key=lambda row: -row[1].occurrences)
    return schemas.Failures(
        [
            _failure(index, error, entries.get((error.method, error.name)))
            for index, error in rows[:MOST_FAILURES]
        ],
        len(rows),
    )


def failure_details(snapshot: Snapshot, number: int) -> schemas.FailureDetails:
    """Return one kind of failure with what was captured of it.

    Raises: CommandError when there is none with this number.
    """
    errors = snapshot.errors
    if number >= len(errors):
        raise CommandError(f"there is no failure {number}", field="id", value=str(number))
    error = errors[number]
    entry = snapshot.entry(error.method, error.name)
    captures = [_capture(capture) for capture in error.captures]
    return schemas.FailureDetails(_failure(number, error, entry), captures)


def _capture(capture: Capture) -> schemas.Capture:
    times = capture.phases_ms
    return schemas.Capture(
        wall_s=capture.wall_s,
        method=capture.method,
        url=capture.url,
        protocol=capture.protocol,
        remote_address=capture.remote_address,
        status=capture.status,
        reason=capture.reason,
        hops=capture.hops,
        response_time_ms=capture.response_time_ms,
        phases=[(phase, times[phase]) for phase in _PHASES],
        request=_message(capture.request),
        reply=_message(capture.reply),
        curl=curl_command(capture),
    )


def _message(message: CapturedMessage) -> schemas.CapturedMessage:
    return schemas.CapturedMessage(
        fields=message.fields,
        body=message.body,
        body_bytes=message.body_bytes,
        is_text=message.is_text,
        is_whole=message.is_whole,
    )


def _failure(number: int, error: ErrorStats, entry: EntryStats | None) -> schemas.Failure:
    """Return a row; its number is its place among the failures, which stays until a reset."""
    requests = 0 if entry is None else entry.num_requests
    return schemas.Failure(
        id=number,
        method=error.method,
        name=error.name,
        kind=error.code,
        text=error.text[:_LONGEST_TEXT],
        occurrences=error.occurrences,
        share=error.occurrences / requests if requests else 0.0,
        first_seen_wall_s=error.first_seen_wall_s,
        last_seen_wall_s=error.last_seen_wall_s,
        captures=len(error.captures),
    )


def script_errors(environment: Environment) -> schemas.ScriptErrors:
    """Return what the locustfile raised, the most frequent first."""
    runner = environment.runner
    rows = [
        *([] if runner is None else runner.exceptions.values()),
        *environment.listener_exceptions.values(),
    ]
    return schemas.ScriptErrors(
        [
            schemas.ScriptError(
                title=title(row["msg"], row["traceback"])[:_LONGEST_TEXT],
                text=row["msg"][:_LONGEST_TEXT],
                traceback=row["traceback"][:_LONGEST_TRACEBACK],
                count=row["count"],
                nodes=sorted(row["nodes"]),
                first_seen_wall_s=row["first_seen_wall_s"],
                last_seen_wall_s=row["last_seen_wall_s"],
            )
            for row in sorted(rows, key=lambda row: -row["count"])
        ]
    )
