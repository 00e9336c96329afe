"""Two runs side by side, from what `--summary` has written of each.

Figures are set beside each other and not judged: whether a difference is more than chance, only a
third run tells. What differs between the two besides the system under test stands below the table,
because that explains most surprises.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import msgspec

from locust_like.outputs.numbers import clock, milliseconds, one_line, percent, rate
from locust_like.outputs.run_document import FORMAT, FORMAT_VERSION
from locust_like.outputs.tables import Column, render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SHARES = ("50", "95", "99")
_ENOUGH_FOR_P99 = 1000
"""Then ten values lie above it."""
_TENFOLD = 10
_MOST_NAMES = 5
_SAME_LENGTH = 0.1
_TELL_NOTHING = frozenset(
    {"csv_prefix", "json_file", "summary_file", "html_file", "logfile", "profile", "host"}
)
"""Options that change only where results go, and what is told in other words."""


class _Times(msgspec.Struct):
    percentiles_ms: dict[str, float | None]


class _Entry(msgspec.Struct):
    method: str
    name: str
    num_requests: int
    num_failures: int
    requests_per_s: float
    response_time: _Times

    @property
    def label(self) -> str:
        return one_line(f"{self.method} {self.name}".strip())

    @property
    def failed(self) -> float:
        return self.num_failures / self.num_requests if self.num_requests else 0.0


class _Run(msgspec.Struct):
    start_time: str
    elapsed_s: float
    target_users: int
    degraded: bool
    host: str | None


class _Cause(msgspec.Struct):
    text: str


class _Health(msgspec.Struct):
    verdict: str
    causes: list[_Cause]


class _Option(msgspec.Struct):
    name: str
    value: object


class Summary(msgspec.Struct):
    """What is needed of a document; its other members are skipped."""

    format: str
    format_version: int
    run: _Run
    totals: _Entry
    entries: list[_Entry]
    health: _Health
    options: list[_Option]
    versions: dict[str, str]
    machine: dict[str, str | int]


def read_summary(path: Path) -> Summary:
    """Read a document.

    Raises: OSError; ValueError with a sentence for a file that is none, or of another version.
    """
    try:
        summary = msgspec.json.decode(path.read_bytes(), type=Summary)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path} was not written by --summary: {error}") from error
    if (summary.format, summary.format_version) != (FORMAT, FORMAT_VERSION):
        raise ValueError(
            f"{path} is {summary.format} {summary.format_version}, and not {FORMAT} "
            f"{FORMAT_VERSION}; use the version of locust-like that wrote it"
        )
    return summary


def comparison(old: Summary, new: Summary, width: int) -> list[str]:
    """Return the lines that tell how `new` differs from `old`."""
    columns = [Column("Name", left=True, flexible=True)]
    for title in ("req/s", "p50 ms", "p95 ms", "p99 ms"):
        columns += [Column(title), Column("diff")]
    columns += [Column("failed"), Column("before")]
    before = {(entry.method, entry.name): entry for entry in old.entries}
    pairs = [(before.get((entry.method, entry.name)), entry) for entry in new.entries]
    rows = [_row(first, second) for first, second in pairs]
    return [
        f"old  {_headline(old)}",
        f"new  {_headline(new)}",
        "",
        *render(columns, rows, _row(old.totals, new.totals), width),
        *_wrapped(_doubts(old, new), width),
    ]


def _wrapped(lines: list[str], width: int) -> list[str]:
    return [part for line in lines for part in wrap(line, width, subsequent_indent="  ") or [""]]


def _headline(summary: Summary) -> str:
    run = summary.run
    users = f"{run.target_users:,} users"
    return (
        f"{run.start_time}  {clock(run.elapsed_s)}  {users}  {run.host or 'hosts of the classes'}"
    )


def _row(old: _Entry | None, new: _Entry) -> list[str]:
    before = old or _Entry("", "", 0, 0, 0.0, _Times({}))
    row = [new.label, rate(new.requests_per_s), _change(before.requests_per_s, new.requests_per_s)]
    for share in _SHARES:
        value_ms = new.response_time.percentiles_ms.get(share)
        before_ms = before.response_time.percentiles_ms.get(share)
        row += [milliseconds(value_ms), _change(before_ms, value_ms)]
    return [*row, percent(new.failed), "-" if old is None else percent(old.failed)]


def _change(old: float | None, new: float | None) -> str:
    if not old or new is None:
        return "-"
    ratio = new / old
    return f"x{ratio:.0f}" if ratio >= _TENFOLD else f"{(ratio - 1) * 100:+.0f}%"


def _doubts(old: Summary, new: Summary) -> list[str]:
    """Return what else could have made the difference, under a heading of its own."""
    found = [*_of_each("old", old), *_of_each("new", new), *_unlike(old, new), *_names(old, new)]
    return ["", "Before you believe it:", *(f"- {line}" for line in found)] if found else []


def _of_each(which: str, summary: Summary) -> Iterator[str]:
    if summary.health.verdict != "OK":
        causes = "; ".join(cause.text for cause in summary.health.causes) or "no cause known"
        yield f"the generator of the {which} run was {summary.health.verdict}: {causes}"
    if summary.run.degraded:
        yield f"the {which} run lost a worker"


def _unlike(old: Summary, new: Summary) -> Iterator[str]:
    first, second = old.run, new.run
    if abs(first.elapsed_s - second.elapsed_s) > _SAME_LENGTH * first.elapsed_s:
        yield f"one ran {clock(first.elapsed_s)}, the other {clock(second.elapsed_s)}"
    facts = {
        "host": (first.host, second.host),
        "users at the end": (first.target_users, second.target_users),
        "locust_like": (old.versions.get("locust_like"), new.versions.get("locust_like")),
        "generator": (_machine(old), _machine(new)),
    }
    for name, (one, other) in facts.items():
        if one != other:
            yield f"{name}: {one} and {other}"
    values = [{option.name: option.value for option in s.options} for s in (old, new)]
    for name in sorted((values[0].keys() | values[1].keys()) - _TELL_NOTHING):
        if values[0].get(name) != values[1].get(name):
            yield one_line(f"option {name}: {values[0].get(name)} and {values[1].get(name)}")


def _machine(summary: Summary) -> str:
    return f"{summary.machine.get('hostname')} with {summary.machine.get('cpus')} CPUs"


def _names(old: Summary, new: Summary) -> Iterator[str]:
    counts = [{entry.label: entry.num_requests for entry in s.entries} for s in (old, new)]
    for which, here, there in (("old", 0, 1), ("new", 1, 0)):
        alone = [name for name in counts[here] if name not in counts[there]]
        if alone:
            yield f"only in the {which} run: {_listed(alone)}"
    few = [
        name
        for name, number in counts[1].items()
        if name in counts[0] and min(number, counts[0][name]) < _ENOUGH_FOR_P99
    ]
    if few:
        yield f"p99 of fewer than {_ENOUGH_FOR_P99:,} requests is chance: {_listed(few)}"


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
