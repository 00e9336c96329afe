"""The report: the page of a run as one file, which needs neither server nor network.

The file is the built page (`webui/report.html`) with everything that is known about the run as JSON
in it, so report and live page are the same components over the same types. The page's own policy
allows only the script and the style that were built, whatever the data say.

How large it gets is bounded: the history has at most 1,200 intervals (those of a longer run are
joined, histograms added, so percentiles stay exact), the names are at most 1,100, and details are
kept of the 50 endpoints with the most requests.
"""

from __future__ import annotations

import re
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from locust_like._version import __version__
from locust_like.outputs.files import check_writable, write_whole
from locust_like.runtime.shape_choice import shape_name
from locust_like.stats.history import Sample, thinned
from locust_like.stats.masking import masked
from locust_like.web import schemas
from locust_like.web.built import STATIC
from locust_like.web.convert import (
    annotations_of,
    health_of,
    status_of,
    workers_count_of,
    workers_of,
)
from locust_like.web.endpoint import endpoint_of, failure_details, failures, script_errors
from locust_like.web.ratios import ratios
from locust_like.web.report_schemas import Report, RunOption, TaskShare
from locust_like.web.rows import TOTAL_ID, point_of, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Literal

    from locust_like.interfaces import WorkersNow
    from locust_like.outputs.base import Moment, RunResult
    from locust_like.outputs.run_document import RunFacts
    from locust_like.runtime.control_values import Annotation, Status
    from locust_like.runtime.environment import Environment
    from locust_like.stats.health import RunHealth
    from locust_like.stats.view import FrozenStats
    from locust_like.web.past import Past

    Theme = Literal["auto", "light", "dark"]

MOST_INTERVALS = 1200
_MOST_DETAILS = 50
_MOST_EXCEPTIONS = 100
_LONGEST_VALUE = 500
_MARK = "<!--report-->"
"""Stands in the built page where the data go; the page itself has it once."""
_POLICY = re.compile(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"')
_NEVER_S = 3600.0
_NOT_BUILT = (
    "the report cannot be made, because its page is not part of this installation; in a checkout, "
    "`make install` builds it"
)


class ReportMaker:
    """Makes reports of one environment's runs.

    Args:
        environment: whose run it is.
        past: its history.
        annotations: returns what was done to the run.
        facts: returns what is known of it beforehand.
        template: the built page.

    Thread: the hub's thread; nothing waits, so that figures belong together.
    """

    def __init__(
        self,
        environment: Environment,
        past: Past,
        *,
        annotations: Callable[[], Sequence[Annotation]],
        facts: Callable[[], RunFacts],
        template: Path = STATIC / "report.html",
    ) -> None:
        """Read nothing yet."""
        self._environment = environment
        self._past = past
        self._annotations = annotations
        self._facts = facts
        self._template_path = template

    @cached_property
    def template(self) -> str:
        """The built page.

        Raises: FileNotFoundError, with a sentence, when it was not built.
        """
        try:
            return self._template_path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise FileNotFoundError(_NOT_BUILT) from error

    @property
    def policy(self) -> str:
        """What the page lets a browser do with it."""
        found = _POLICY.search(self.template)
        return found[1] if found else "default-src 'none'"

    def at_end(self, result: RunResult) -> str:
        """Return the report of a run that has ended."""
        moment = result.moment
        status = schemas.RunStatus(
            run=1,
            version=0,
            state="stopped",
            users=moment.user_count,
            target_users=moment.target_user_count,
            spawn_rate_per_s=self._spawn_rate_per_s(),
            start_wall_s=result.start_wall_s,
            elapsed_s=round(moment.elapsed_s, 3),
            run_time_s=moment.run_time_s,
            ending=result.ending,
            host=self._environment.host,
            classes={},
            can_undo_s=0.0,
            shape=shape_name(self._environment),
        )
        return self._page(
            status, moment.stats, moment.health, moment.workers, exit_code=result.exit_code
        )

    def now(self, status: Status, theme: Theme = "auto") -> str:
        """Return the report of a run as it is now."""
        runner = self._environment.runner
        return self._page(
            status_of(status),
            self._environment.stats.freeze(),
            self._past.health,
            None if runner is None else runner.workers,
            theme=theme,
        )

    def _page(
        self,
        status: schemas.RunStatus,
        stats: FrozenStats,
        health: RunHealth,
        workers: WorkersNow | None,
        *,
        exit_code: int | None = None,
        theme: Theme = "auto",
    ) -> str:
        facts, snapshot = self._facts(), stats.snapshot()
        if status.host is not None:
            status.host = masked(status.host)
        names = [
            schemas.Name(number, entry.method, entry.name)
            for number, entry in enumerate(snapshot.entries)
        ]
        rows = [
            row_of(name.id, entry, None, 0)
            for name, entry in zip(names, snapshot.entries, strict=True)
        ]
        details = sorted(zip(snapshot.entries, rows, strict=True), key=lambda one: -one[1].requests)
        exceptions = script_errors(self._environment).exceptions
        report = Report(
            product_version=__version__,
            made_wall_s=time.time(),
            theme=theme,
            profile=self._environment.profile or "",
            locustfiles=list(facts.locustfiles),
            status=status,
            exit_code=exit_code,
            health=health_of(health, self._environment.unverified_users),
            judged_s=round(health.seconds, 3),
            late_s=round(health.late_s, 3),
            invalid_s=round(health.invalid_s, 3),
            workers=workers_of(workers, snapshot.wall_s),
            workers_count=workers_count_of(workers),
            total=row_of(TOTAL_ID, snapshot.total, None, 0),
            names=names,
            rows=rows,
            endpoints=[endpoint_of(entry, row, snapshot) for entry, row in details[:_MOST_DETAILS]],
            failures=failures(snapshot),
            captured=[
                failure_details(snapshot, row.id)
                for row in failures(snapshot).failures
                if row.captures
            ],
            exceptions=schemas.ScriptErrors(exceptions[:_MOST_EXCEPTIONS]),
            history=self._history(status),
            tasks=list(_shares(ratios(self._environment, status.classes))),
            options=[
                RunOption(row.name, _text(row.value), row.origin)
                for row in facts.options
                if row.origin != "default"
            ],
        )
        return filled(self.template, report)

    def _history(self, status: schemas.RunStatus) -> schemas.History:
        # The second that is not over yet counts too, so that the charts add up to the totals.
        until_s = time.monotonic() + 1
        timeline = self._environment.stats.timeline()
        intervals = self._past.intervals(timeline, 0.0, until_s)
        if intervals and intervals[-1].sample is None:  # its users are noted when it is over
            sample = Sample(status.users, status.target_users)
            intervals[-1] = intervals[-1]._replace(sample=sample)
        points = [point_of(row) for row in thinned(intervals, MOST_INTERVALS)]
        return schemas.History(status.run, points, annotations_of(self._annotations()))

    def _spawn_rate_per_s(self) -> float:
        runner = self._environment.runner
        return (runner.spawn_rate if runner is not None else None) or 0.0


class HtmlReport:
    """Writes the report of a run at its end: `--html FILE`."""

    period_s = _NEVER_S

    def __init__(self, path: str, maker: ReportMaker) -> None:
        """Write to a file, whose folder is made if it is missing."""
        self.path = Path(path)
        self._maker = maker

    def start(self) -> None:
        """Refuse a run whose report could not be made or written."""
        check_writable(self.path)
        assert self._maker.template

    def tick(self, moment: Moment) -> None:
        """Only the end is reported."""

    def finish(self, result: RunResult) -> Sequence[str]:
        """Write the file."""
        write_whole(self.path, self._maker.at_end(result))
        return (str(self.path),)


def filled(template: str, report: Report) -> str:
    """Return the page with the data in it.

    The data stand in a script element that no browser runs. Its end is the only thing that could
    end it early, so no `<` is left in the JSON.
    """
    data = msgspec.json.encode(report).decode("utf-8").replace("<", "\\u003c")
    before, _, after = template.partition(_MARK)
    return f'{before}<script type="application/json" id="report">{data}</script>{after}'


def file_name(name: str, *, users: int, spawn_rate_per_s: float, run_time_s: float | None) -> str:
    """Return the name of `--html` with `{u}`, `{r}` and `{t}` replaced by what is run.

    Source: Locust 2.47: users, spawn rate, and the run time in seconds; without a run time `{t}`
    stays as it is.
    """
    values = {"{u}": f"{users}", "{r}": f"{spawn_rate_per_s:g}"}
    if run_time_s is not None:
        values["{t}"] = f"{run_time_s:g}"
    for placeholder, value in values.items():
        name = name.replace(placeholder, value)
    return name


def _shares(told: Mapping[str, Any]) -> Iterator[TaskShare]:
    """Yield the classes, each followed by what its users do."""
    for name, one in told["total"].items():
        yield TaskShare(0, name, 1.0, one["ratio"])
        yield from _below(1, told["per_class"][name]["tasks"], 1.0, one["ratio"])


def _below(
    depth: int, tasks: Mapping[str, Any], of_class: float, class_share: float
) -> Iterator[TaskShare]:
    for name, one in tasks.items():
        share = of_class * one["ratio"]
        yield TaskShare(depth, name, share, share * class_share)
        yield from _below(depth + 1, one.get("tasks", {}), share, class_share)


def _text(value: object) -> str:
    """Return the value of an option as somebody would write it."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return masked(text)[:_LONGEST_VALUE]
