"""The outputs that page and report are made of."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from locust_like.cli.facts import facts_of

if TYPE_CHECKING:
    from locust_like.cli.web import Web
    from locust_like.outputs.base import Output
    from locust_like.plan.plan import RunPlan
    from locust_like.runtime.environment import Environment


class PageOutputs(NamedTuple):
    """What is called first, and what is written when other files have been."""

    watchers: tuple[Output, ...] = ()
    report: Output | None = None


def page_outputs(plan: RunPlan, environment: Environment, web: Web | None) -> PageOutputs:
    """Return what the web UI and `--html` need; nothing where there is neither."""
    name = plan.settings.file_name("html_file")
    if web is None and name is None:
        return PageOutputs()
    from locust_like.web.notes import Notes
    from locust_like.web.past import Past
    from locust_like.web.report import HtmlReport, ReportMaker, file_name

    watchers: tuple[Output, ...]
    if web is None:
        past, notes = Past(environment), Notes()
        watchers = (past, notes)
        facts = functools.cache(lambda: facts_of(plan))
        maker = ReportMaker(environment, past, annotations=notes.annotations, facts=facts)
    else:
        watchers, maker = (web.past, web.feed), web.reports
    if name is None:
        return PageOutputs(watchers)
    path = file_name(
        name,
        users=plan.users,
        spawn_rate_per_s=plan.spawn_rate_per_s,
        run_time_s=plan.run_time_s,
    )
    return PageOutputs(watchers, HtmlReport(path, maker))
