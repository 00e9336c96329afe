"""What `locust.stats` has for scripts that make their own runner: printing and history.

Source: Locust 2.47, stats.py. Differs in that all figures of a table are of one moment.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import gevent

from locust_like.compat import stats_settings
from locust_like.outputs.numbers import utc
from locust_like.stats import settings
from locust_like.stats.texts import (
    get_error_report_summary,
    get_percentile_stats_summary,
    get_stats_summary,
)
from locust_like.stats.view import FrozenStats, RequestStats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locust_like.runtime.runner import BaseRunner
    from locust_like.stats.view import StatsView

K = TypeVar("K", bound="Any")
V = TypeVar("V")

_logger = logging.getLogger("locust.stats_logger")


def print_stats(stats: StatsView, current: bool = True) -> None:
    """Log the table of requests, line by line.

    Args:
        stats: of an environment.
        current: rates of the last ten seconds; False = of the whole run.
    """
    _log([*get_stats_summary(_of_now(stats), current), ""])


def print_percentile_stats(stats: StatsView) -> None:
    """Log the table of percentiles, line by line."""
    _log([*get_percentile_stats_summary(_of_now(stats)), ""])


def print_error_report(stats: StatsView) -> None:
    """Log the table of failures, line by line; nothing when there are none."""
    frozen = _of_now(stats)
    if frozen.errors:
        _log(get_error_report_summary(frozen))


def print_stats_json(stats: StatsView) -> None:
    """Print what `--json` prints; the statistics stay as they are, which Locust resets."""
    sys.stdout.write(json.dumps(_of_now(stats).serialize_stats(), indent=4) + "\n")


def save_stats_json(stats: StatsView, filename: str) -> None:
    """Write the same to `filename` with `.json` behind it."""
    text = json.dumps(_of_now(stats).serialize_stats(), indent=4)
    Path(f"{filename}.json").write_text(text, encoding="utf-8")


def stats_printer(stats: StatsView) -> Callable[[], None]:
    """Return a function that prints the table of requests for ever, for a greenlet."""

    def print_for_ever() -> None:
        while True:
            print_stats(stats)
            gevent.sleep(stats_settings.CONSOLE_STATS_INTERVAL_SEC)

    return print_for_ever


def stats_history(runner: BaseRunner) -> None:
    """Note figures in `runner.stats.history` for ever, while a test runs; for a greenlet."""
    while True:
        if runner.state not in ("ready", "stopped"):
            update_stats_history(runner)
        gevent.sleep(stats_settings.HISTORY_STATS_INTERVAL_SEC)


def update_stats_history(runner: BaseRunner, timestamp: str | None = None) -> None:
    """Note the figures of now in `runner.stats.history`.

    Args:
        runner: whose figures.
        timestamp: ISO 8601; None = now.
    """
    when = utc(time.time()) if timestamp is None else timestamp
    total = runner.stats.freeze().total
    shares = {
        f"response_time_percentile_{share}": total.get_current_response_time_percentile(share) or 0
        for share in settings.PERCENTILES_TO_CHART
    }
    figures: dict[str, float] = {
        **shares,
        "current_rps": total.current_rps,
        "current_fail_per_sec": total.current_fail_per_sec,
        "total_avg_response_time": round(total.avg_response_time, 2),
        "user_count": runner.user_count,
    }
    row: dict[str, object] = {name: [when, figure] for name, figure in figures.items()}
    runner.stats.history.append({**row, "time": when})


def validate_stats_configuration() -> None:
    """Check the percentiles that a script has assigned.

    Raises:
        SystemExit: 1, with a sentence on stderr, when they cannot be used.
    """
    if len(settings.PERCENTILES_TO_CHART) > stats_settings.MOST_CHART_PERCENTILES:
        _refuse("stats.PERCENTILES_TO_CHART parameter should be a maximum of 6 parameters ")
    for name in ("PERCENTILES_TO_CHART", "PERCENTILES_TO_STATISTICS"):
        if not all(_is_share(share) for share in getattr(settings, name)):
            _refuse(
                f"stats.{name} parameter need to be float and value between. "
                "0 < percentile < 1 Eg 0.95"
            )


def calculate_response_time_percentile(
    response_times: Mapping[int, int], num_requests: int, percent: float
) -> int:
    """Return the key of a histogram below which a share of all requests stayed.

    Entries have percentiles of their own, which are finer.

    Args:
        response_times: count by rounded ms, as `StatsEntry.response_times`.
        num_requests: their sum.
        percent: 0 to 1.
    """
    below = int(num_requests * percent)
    seen = 0
    for time_ms in sorted(response_times, reverse=True):
        seen += response_times[time_ms]
        if num_requests - seen <= below:
            return time_ms
    return 0


def diff_response_time_dicts(latest: Mapping[int, int], old: Mapping[int, int]) -> dict[int, int]:
    """Return what a histogram has got since an older one."""
    return dict(Counter(latest) - Counter(old))


def sort_stats(stats: Mapping[K, V]) -> list[V]:
    """Return entries or failures in the order of their keys."""
    return [stats[key] for key in sorted(stats)]


def avg(values: Sequence[float]) -> float:
    """Return the mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def _is_share(share: object) -> bool:
    try:
        return 0 < float(share) < 1  # type: ignore[arg-type]  # a script may assign anything
    except (TypeError, ValueError):
        return False


def _refuse(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.exit(1)


def _of_now(stats: StatsView) -> FrozenStats:
    """Return the statistics of this moment."""
    if isinstance(stats, RequestStats):
        return stats.freeze()
    assert isinstance(stats, FrozenStats)
    return stats


def _log(lines: list[str]) -> None:
    for line in lines:
        _logger.info("%s", line)
