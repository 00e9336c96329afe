"""Locust's tables as lines of text, for scripts that print or search them.

The console of the command line has tables of its own, see `outputs/summary.py`; these are for
Locust's `print_stats` and for `str(entry)`.

Source: the columns and widths of Locust 2.47, stats.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from locust_like.stats import settings

if TYPE_CHECKING:
    from locust_like.stats.entry import StatsEntry
    from locust_like.stats.view import StatsView

_REST_WIDTHS = (7, 13, 7, 7, 7, 7, 8, 11)
_COUNT_WIDTH = 8
_SHARE_WIDTH = 6
_OCCURRENCES_WIDTH = 18
_ERROR_WIDTH = 100


def _columns(*cells: str) -> str:
    kind, name, requests, fails, average, least, most, median, rps, fails_per_s = cells
    width = _name_width()
    return (
        f"{kind:<{settings.STATS_TYPE_WIDTH}} {name:<{width}} {requests:>7} {fails:>12} |"
        f"{average:>7} {least:>7} {most:>7}{median:>7} | {rps:>7} {fails_per_s:>11}"
    )


def _name_width() -> int:
    """Return the width of names in the table of requests, whose other columns are narrower."""
    return settings.STATS_NAME_WIDTH - settings.STATS_TYPE_WIDTH + 4


def entry_line(entry: StatsEntry, *, current: bool) -> str:
    """Return a row of the table of requests; `current` = rates of the last ten seconds."""
    rps = entry.current_rps if current else entry.total_rps
    fails_per_s = entry.current_fail_per_sec if current else entry.total_fail_per_sec
    times = (
        entry.avg_response_time,
        entry.min_response_time or 0,
        entry.max_response_time,
        entry.median_response_time,
    )
    return _columns(
        f"{entry.method} " if entry.method else "",
        entry.name,
        str(entry.num_requests),
        f"{entry.num_failures}({entry.fail_ratio * 100:.2f}%)",
        *(str(int(time_ms)) for time_ms in times),
        f"{rps:.2f}",
        f"{fails_per_s:.2f}",
    )


def percentile_line(entry: StatsEntry) -> str:
    """Return a row of the table of percentiles.

    Raises:
        ValueError: nothing was counted.
    """
    if not entry.num_requests:
        msg = "Can't calculate percentile on url with no successful requests"
        raise ValueError(msg)
    times = [
        f"{int(entry.get_response_time_percentile(share)):{_SHARE_WIDTH}d}"
        for share in settings.PERCENTILES_TO_REPORT
    ]
    # Locust's format has the number of requests, which is the last value, in the last column.
    *cells, last = [*times, f"{entry.num_requests:{_SHARE_WIDTH}d}"]
    first, rest = cells[0], [*cells[1:], last]
    return (
        f"{entry.method or '':<{settings.STATS_TYPE_WIDTH}} "
        f"{entry.name:<{settings.STATS_NAME_WIDTH}} {first:>{_COUNT_WIDTH}} {' '.join(rest)}"
    )


def get_stats_summary(stats: StatsView, current: bool = True) -> list[str]:
    """Return the table of requests: titles, separator, entries by name, separator, Aggregated."""
    titles = ("Type", "Name", "# reqs", "# fails", "Avg", "Min", "Max", "Med", "req/s")
    widths = (settings.STATS_TYPE_WIDTH, _name_width(), *_REST_WIDTHS)
    separator = "|".join("-" * width for width in widths)
    rows = [entry.to_string(current=current) for entry in by_name(stats)]
    total = stats.total.to_string(current=current)
    return [_columns(*titles, "failures/s"), separator, *rows, separator, total]


def get_percentile_stats_summary(stats: StatsView) -> list[str]:
    """Return the table of percentiles under its title."""
    shares = settings.get_readable_percentiles(settings.PERCENTILES_TO_REPORT)
    first, *rest = [*shares, "# reqs"]
    titles = (
        f"{'Type':<{settings.STATS_TYPE_WIDTH}} {'Name':<{settings.STATS_NAME_WIDTH}} "
        f"{first:>{_COUNT_WIDTH}} {' '.join(f'{title:>{_SHARE_WIDTH}}' for title in rest)}"
    )
    widths = (settings.STATS_TYPE_WIDTH, settings.STATS_NAME_WIDTH, _COUNT_WIDTH)
    separator = "|".join("-" * width for width in (*widths, *[_SHARE_WIDTH] * len(shares)))
    rows = [entry.percentile() for entry in by_name(stats) if entry.num_requests]
    total = [stats.total.percentile()] if stats.num_requests else []
    return ["Response time percentiles (approximated)", titles, separator, *rows, separator, *total]


def get_error_report_summary(stats: StatsView) -> list[str]:
    """Return the table of failures under its title."""
    width = 80 + settings.STATS_NAME_WIDTH - 19
    separator = f"{'-' * _OCCURRENCES_WIDTH}|{'-' * width}"
    rows = [
        f"{error.occurrences:<{_OCCURRENCES_WIDTH}} {error.to_name():<{_ERROR_WIDTH}}"
        for error in stats.errors.values()
    ]
    titles = f"{'# occurrences':<{_OCCURRENCES_WIDTH}} {'Error':<{_ERROR_WIDTH}}"
    return ["Error report", titles, separator, *rows, separator, ""]


def by_name(stats: StatsView) -> list[StatsEntry]:
    """Return the entries in the order of their names, then methods."""
    return [entry for _, entry in sorted(stats.entries.items())]
