"""The text at the end of a run, as lines; `outputs/console.py` prints them.

The order is made for somebody who scrolls up from the prompt: details first (tables, errors,
exceptions), then a closing block with what has to be believed: totals, accounting, health, files.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from locust_like.outputs.captures import example_line
from locust_like.outputs.numbers import (
    clock,
    count,
    milliseconds,
    one_line,
    percent,
    rate,
    shorten,
)
from locust_like.outputs.tables import BAR, Column, render
from locust_like.outputs.workers import workers_summary
from locust_like.stats.accounting import account

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.outputs.base import RunResult, ScriptException
    from locust_like.stats.accounting import Accounting
    from locust_like.stats.entry import StatsEntry
    from locust_like.stats.health import RunHealth
    from locust_like.stats.view import StatsView

PERCENTILES = (0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 1.0)
WIDE = 100
"""From this many columns on the tables show the less important figures too."""
_MOST_ROWS = 100
_MOST_CAUSES = 3
_MOST_ERRORS = 20
_MOST_ERROR_LINES = 4
_MOST_EXAMPLES = 3
_ERROR_INDENT = len("# occurrences ")


def _busiest(stats: StatsView) -> tuple[list[StatsEntry], int]:
    """Return the entries to show, by name, and how many quieter ones are left out."""
    entries = list(stats.entries.values())
    shown = sorted(entries, key=lambda entry: -entry.num_requests)[:_MOST_ROWS]
    return sorted(shown, key=lambda e: (e.name, e.method)), len(entries) - len(shown)


def _has_times(entry: StatsEntry) -> bool:
    return entry.num_requests > entry.num_none_requests


def _left_out(number: int) -> list[str]:
    return [f"and {count(number)} more names with fewer requests"] if number else []


def requests_table(stats: StatsView, width: int) -> list[str]:
    """Return Locust's table of requests; minimum and failures/s only where there is room."""
    wide = width >= WIDE
    columns = [
        Column("Type", left=True),
        Column("Name", left=True, flexible=True),
        Column("# reqs"),
        Column("# fails"),
        BAR,
        Column("Avg"),
        *([Column("Min")] if wide else []),
        Column("Max"),
        Column("Med"),
        BAR,
        Column("req/s"),
        *([Column("failures/s")] if wide else []),
    ]

    def cells(entry: StatsEntry) -> list[str]:
        average, low, high, median = (
            milliseconds(time if _has_times(entry) else None)
            for time in (
                entry.avg_response_time,
                entry.min_response_time,
                entry.max_response_time,
                entry.median_response_time,
            )
        )
        return [
            entry.method,
            one_line(entry.name),
            count(entry.num_requests),
            f"{count(entry.num_failures)} ({percent(entry.fail_ratio)})",
            "|",
            average,
            *([low] if wide else []),
            high,
            median,
            "|",
            rate(entry.total_rps),
            *([rate(entry.total_fail_per_sec)] if wide else []),
        ]

    shown, hidden = _busiest(stats)
    table = render(columns, [cells(entry) for entry in shown], cells(stats.total), width)
    return [*table, *_left_out(hidden)]


def percentiles_table(stats: StatsView, width: int) -> list[str]:
    """Return the response time percentiles in ms, a row per entry."""
    columns = [
        Column("Name", left=True, flexible=True),
        *(Column(f"{share * 100:g}%") for share in PERCENTILES),
    ]

    def cells(entry: StatsEntry) -> list[str]:
        known = _has_times(entry)
        return [
            one_line(f"{entry.method} {entry.name}"),
            *(
                milliseconds(entry.get_response_time_percentile(share) if known else None)
                for share in PERCENTILES
            ),
        ]

    shown, hidden = _busiest(stats)
    table = render(columns, [cells(entry) for entry in shown], cells(stats.total), width)
    return [
        "Response time percentiles (approximated), ms, at most 0.8% off",
        *table,
        *_left_out(hidden),
    ]


def errors_table(stats: StatsView, width: int) -> list[str]:
    """Return the error report, the most frequent first; nothing when nothing failed."""
    errors = sorted(stats.errors.values(), key=lambda error: -error.occurrences)
    if not errors:
        return []
    rows = [
        [count(error.occurrences) if first else "", line]
        for error in errors[:_MOST_ERRORS]
        for first, line in _broken(one_line(error.to_name()), width - _ERROR_INDENT)
    ]
    columns = [Column("# occurrences"), Column("Error", left=True)]
    more = len(errors) - _MOST_ERRORS
    tail = [f"and {count(more)} more kinds of error"] if more > 0 else []
    return ["Error report", *render(columns, rows, (), width), *tail, *_examples(stats, width)]


def _examples(stats: StatsView, width: int) -> list[str]:
    """Return a captured call of each of the most frequent errors; `--summary` has them whole."""
    errors = sorted(stats.snapshot().errors, key=lambda error: -error.occurrences)
    captures = [error.captures[0] for error in errors[:_MOST_EXAMPLES] if error.captures]
    lines = [f"  {shorten(example_line(capture), width - 2)}" for capture in captures]
    return ["For example", *lines] if lines else []


def _broken(text: str, width: int) -> list[tuple[bool, str]]:
    """Break a text into lines, each with whether it is the first: both its ends tell something."""
    lines = textwrap.wrap(text, width, max_lines=_MOST_ERROR_LINES, placeholder=" …")
    return [(index == 0, line) for index, line in enumerate(lines)]


def exceptions_text(
    exceptions: Sequence[ScriptException], width: int, *, whole: bool = True
) -> list[str]:
    """Return every exception of the script with its count and its traceback.

    Args:
        exceptions: a row for each kind.
        width: of the terminal.
        whole: False = lines of tracebacks are cut to the width, too.
    """
    lines = []
    for one in exceptions:
        times = "once" if one.count == 1 else f"{count(one.count)} times"
        head = f"Exception raised {times}: {one_line(one.title)}"
        lines += [line for _, line in _broken(head, width)]
        told = [f"    {line}" for line in one.traceback.rstrip().splitlines()]
        lines += told if whole else [shorten(line, width) for line in told]
    return lines


def accounting_text(terms: Accounting) -> str:
    """Return the equation without the terms that are zero; a difference is spelled out."""
    text = f"{count(terms.exchanges)} exchanges = {count(terms.calls)} calls"
    for sign, number, word in (
        ("+", terms.hops, "hops"),
        ("+", terms.challenges, "challenges"),
        ("+", terms.retries, "retries"),
        ("-", terms.never_sent, "never sent"),
    ):
        text += f" {sign} {count(number)} {word}" if number else ""
    if terms.by_scripts:
        text += f"; {count(terms.by_scripts)} reported by scripts"
    return f"{text}; DIFFERENCE {terms.difference:+,}" if terms.difference else text


def health_lines(health: RunHealth) -> list[str]:
    """Return the verdict over the generator with its main causes and what blocked Python."""
    if not health.seconds:
        return ["Generator: no health interval was finished; the run was too short to judge"]
    parts = [
        f"{seconds:.0f} s {word}"
        for word, seconds in (("invalid", health.invalid_s), ("late", health.late_s))
        if seconds
    ]
    share = f" ({', '.join(parts)} of {health.seconds:.0f} s)" if parts else ""
    load = f"Python {health.python_busy:.0%}, I/O {health.io_busy:.0%} of a core"
    meaning = {
        "OK": "",
        "LATE": "; times may be too high",
        "INVALID": "; do not trust these figures",
    }[health.verdict]
    return [
        f"Generator: {health.verdict}{share}{meaning}",
        f"  at most {load}, resume delay p99 {milliseconds(health.resume_delay_p99_ms)} ms",
        *(f"  {cause.seconds:.0f} s: {cause.text}" for cause in health.causes[:_MOST_CAUSES]),
        *(f"  Python blocked by {place}" for place in _worth_telling(health)),
    ]


def _worth_telling(health: RunHealth) -> tuple[str, ...]:
    """Return what blocked Python where it matters: not a function or two in a good run."""
    return () if health.verdict == "OK" else health.blocking[:_MOST_CAUSES]


def closing_block(result: RunResult, width: int) -> list[str]:
    """Return the last lines of the summary."""
    moment = result.moment
    snapshot = moment.stats.snapshot()
    total = moment.stats.total
    lines = [
        f"Run ended after {clock(moment.elapsed_s)}: {result.ending}",
        f"Requests: {count(total.num_requests)} ({rate(total.total_rps)}/s), "
        f"failed: {count(total.num_failures)} ({percent(total.fail_ratio)})",
    ]
    if total.num_cancelled:
        lines.append(f"Cancelled: {count(total.num_cancelled)}")
    if result.exceptions:
        lines.append(f"Exceptions: {count(sum(one.count for one in result.exceptions))}")
    lines += _protocols(snapshot.total.protocols())
    lines.append(f"Accounting: {accounting_text(account(moment.stats))}")
    if moment.workers is not None:
        lines += workers_summary(moment.workers)
    if snapshot.dropped_names:
        lines.append(
            f"Names: {count(snapshot.dropped_names)} requests are counted under (other); "
            f"group URLs with name="
        )
    if result.unverified:
        lines.append(f"TLS certificates were not verified by: {', '.join(result.unverified)}")
    lines += health_lines(moment.health)
    lines = [part for line in lines for part in _indented(line, width)]
    return [
        *lines,
        *(shorten(f"Written: {name}", width) for name in result.files),
        *(part for what in result.unwritten for part in _indented(f"NOT WRITTEN: {what}", width)),
    ]


def _protocols(protocols: Mapping[str, int]) -> list[str]:
    """Return how many requests each protocol carried; nothing where it was HTTP/1.1 alone."""
    if set(protocols) <= {"HTTP/1.1"}:
        return []
    told = (f"{protocol} {count(number)}" for protocol, number in protocols.items())
    return [f"Protocols: {', '.join(told)}"]


def _indented(line: str, width: int) -> list[str]:
    """Break a line between words; what follows is indented, so that it stands out as its rest."""
    indent = " " * (4 + len(line) - len(line.lstrip()))
    parts = textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False)
    return [shorten(part, width) for part in parts]


def summary(result: RunResult, width: int, *, whole_tracebacks: bool = True) -> list[str]:
    """Return the whole end summary, blocks separated by empty lines."""
    stats = result.moment.stats
    blocks = [
        requests_table(stats, width),
        percentiles_table(stats, width) if stats.num_requests else [],
        errors_table(stats, width),
        exceptions_text(result.exceptions, width, whole=whole_tracebacks),
        closing_block(result, width),
    ]
    lines: list[str] = []
    for block in blocks:
        lines += ["", *block] if block else []
    return lines
