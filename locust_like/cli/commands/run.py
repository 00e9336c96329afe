"""`locust-like [options] [UserClass ...]`: what a process is, and what it is made of.

It runs a load test by itself, is the master of one, a worker, or the parent of workers. How a run
then goes, from its beginning to its exit code, is in `cli/course.py`.
"""

from __future__ import annotations

import logging
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING

from locust_like import _core, events
from locust_like.cli import logs, processes, worker_process
from locust_like.cli.cluster import Cluster, is_master, make_master, print_token, process_count
from locust_like.cli.commands import listing
from locust_like.cli.course import Course, refuse
from locust_like.cli.ending import Ending
from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.facts import facts_of
from locust_like.cli.http_debug import watch_requests
from locust_like.cli.page import PageOutputs, page_outputs
from locust_like.cli.reporting import Reporter
from locust_like.cli.screen import console_of, screen
from locust_like.cli.streams import replace_closed
from locust_like.cli.targets import recorder_of
from locust_like.cli.thread_watch import ThreadWatch, thread_count
from locust_like.cli.troubles import describe
from locust_like.cli.web import make_web
from locust_like.errors import LocustfileError, SourceError
from locust_like.outputs.csv_files import CsvFiles
from locust_like.outputs.json_summary import JsonFile, JsonPrinter
from locust_like.outputs.run_document import RunDocument
from locust_like.plan.combinations import check_combinations
from locust_like.plan.finding import STDIN
from locust_like.plan.plan import make_plan
from locust_like.plan.shapes import ignored_options
from locust_like.runtime.blocking import BlockingSampler
from locust_like.runtime.environment import Environment
from locust_like.stats.cpu_wait import CpuWait
from locust_like.stats.health import HealthLog, WorkersHealthLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust_like.outputs.base import Output
    from locust_like.outputs.console import Console
    from locust_like.plan.parser import Parser
    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings

_logger = logging.getLogger("locust.main")


def run(settings: Settings) -> int:
    """Do what the options say and return the exit code."""
    try:
        if not settings.on("skip_log_setup"):
            logs.configure(settings.text("loglevel") or "INFO", settings.file_name("logfile"))
    except OSError as error:
        return refuse(f"cannot write the log: {describe(error)}.", ExitCode.FAILED)
    try:
        return _in_its_role(settings)
    except LocustfileError as error:
        _logger.debug("The locustfile cannot be used", exc_info=error.__cause__)
        return refuse(f"{error}{_command_meant(settings.sources.argv[:1])}", ExitCode.FAILED)
    except SourceError as error:
        return refuse(str(error), ExitCode.WRONG_USE)


def _command_meant(first_words: Sequence[str]) -> str:
    """Return a sentence for who misspelt a command, which is then taken for a user class."""
    from locust_like.cli.main import VERBS

    near = [verb for word in first_words for verb in get_close_matches(word, VERBS, n=1)]
    return f" If it was to be a command: locust-like {near[0]}." if near else ""


def _in_its_role(settings: Settings) -> int:
    """Be what the options say: all by itself, a master, a worker, or the parent of some."""
    child = processes.Child.from_environment()
    if child is not None or (settings.on("worker") and not process_count(settings)):
        return _or_refuse(lambda: worker_process.run(settings, _add_arguments, child=child))
    if settings.on("print_join_token") and not is_master(settings):
        return _or_refuse(lambda: print_token(settings))
    if process_count(settings):
        return _with_processes(settings)
    plan = _plan(settings)
    return listing.show(plan) if listing.is_asked_for(settings) else _execute(plan)


def _plan(settings: Settings) -> RunPlan:
    plan = make_plan(settings, _add_arguments)
    replace_closed()
    check_combinations(plan.settings)
    return plan


def _or_refuse(work: Callable[[], int]) -> int:
    """Do something for which tokens and addresses must be right, or say what is wrong."""
    try:
        return work()
    except OSError as error:
        return refuse(f"{describe(error)}.", ExitCode.FAILED)
    except ValueError as error:
        return refuse(f"{error}.", ExitCode.FAILED)


def _with_processes(settings: Settings) -> int:
    """Start processes of our own as soon as the locustfile is imported, before anything else."""
    plan, watch = None, ThreadWatch()
    if not (settings.on("worker") and worker_process.is_remote(settings)):
        with watch.watching():
            plan = _plan(settings)
        if listing.is_asked_for(settings):
            return listing.show(plan)
        if STDIN in plan.locustfiles and thread_count() > 1:
            raise LocustfileError(
                f"the locustfile of stdin cannot be read by each process, and processes cannot be "
                f"forked, because {', '.join(watch.culprits)} has started threads; name a file."
            )
    count = process_count(settings)
    children = processes.Children(count, settings.sources.argv, watch.culprits)
    child = children.start()
    if child is not None:
        return _or_refuse(
            lambda: worker_process.run(settings, _add_arguments, plan=plan, child=child)
        )
    try:
        if plan is None or settings.on("worker"):
            return _or_refuse(lambda: worker_process.run_parent(settings, children))
        return _execute(plan, children)
    finally:
        children.finish()


def _add_arguments(parser: Parser) -> None:
    events.init_command_line_parser.fire(parser=parser)


def _outputs(plan: RunPlan, console: Console | None, page: PageOutputs) -> list[Output]:
    """Return what takes the results, in the order in which it is told the end.

    Raises: ValueError, with a sentence, when one of them cannot work.
    """
    settings = plan.settings
    outputs: list[Output] = [*page.watchers]
    csv_prefix, json_name = settings.file_name("csv_prefix"), settings.file_name("json_file")
    if csv_prefix is not None:
        full, raw = settings.on("csv_full_history"), settings.on("csv_raw")
        outputs.append(CsvFiles(csv_prefix, full_history=full, raw=raw))
    if json_name is not None:
        outputs.append(JsonFile(json_name))
    if settings.on("json"):
        outputs.append(JsonPrinter(sys.stdout))
    if settings.on("otel"):
        from locust_like.outputs.otel import OtelMetrics

        outputs.append(OtelMetrics())
    # After the others come those that tell the exit code, which the others may change.
    if page.report is not None:
        outputs.append(page.report)
    summary_file = settings.file_name("summary_file")
    if summary_file is not None:
        outputs.append(RunDocument(summary_file, facts_of(plan)))
    if console is not None:
        # Last, because it tells where the others have written.
        outputs.append(console)
    return outputs


def _environment(plan: RunPlan) -> Environment:
    try:
        return Environment(
            user_classes=list(plan.user_classes),
            events=events,
            host=plan.host,
            tags=list(plan.tags) or None,
            exclude_tags=list(plan.exclude_tags) or None,
            stop_timeout=plan.stop_timeout_s,
            reset_stats=plan.settings.on("reset_stats"),
            iterations=_iterations(plan),
            replace_users=plan.replace_users,
            locustfile=",".join(path.name for path in plan.locustfiles),
            parsed_options=plan.settings.namespace(),
            recorder=recorder_of(plan.settings),
            shape_class=plan.shape,
            profile=plan.settings.text("profile"),
            available_user_classes={cls.__name__: cls for cls in plan.available},
            available_shape_classes={type(one).__name__: one for one in plan.shapes},
            available_user_tasks={cls.__name__: list(cls.tasks) for cls in plan.available},
            parsed_locustfiles=[str(path) for path in plan.locustfiles],
        )
    except ValueError as error:
        # Two classes of one name, or nobody who could be chosen.
        raise LocustfileError(str(error)) from error


def _iterations(plan: RunPlan) -> int | None:
    limit = plan.settings.number_if_given("iterations")
    return None if limit is None else int(limit)


def _tell_what_is_ignored(plan: RunPlan) -> None:
    ignored = [] if plan.shape is None else ignored_options(plan.shape, plan.settings)
    if ignored:
        _logger.warning(
            "--run-time, --users or --spawn-rate have no impact on LoadShapes unless the shape "
            "class explicitly reads them, which it says with use_common_options = True"
        )
        _logger.warning("The following option(s) will be ignored: %s", ", ".join(ignored))


def _execute(plan: RunPlan, children: processes.Children | None = None) -> int:
    environment = _environment(plan)
    _tell_what_is_ignored(plan)
    sampler = BlockingSampler()
    console = None if plan.settings.on("skip_log_setup") else console_of(plan.settings)
    health = HealthLog(_core.engine_health, sampler.take, CpuWait().take)
    cluster = None
    if is_master(plan.settings):
        try:
            master, door = make_master(plan, environment)
        except (OSError, ValueError) as error:
            return refuse(f"{error}.", ExitCode.FAILED)
        cluster = Cluster(master, door, plan.settings, children)
        health = WorkersHealthLog(master.crew.take_health, master.crew.whole_health)
    else:
        watch_requests(plan.settings)
        environment.create_local_runner()
    try:
        web = None if plan.settings.on("headless") else make_web(plan, environment)
        outputs = _outputs(plan, console, page_outputs(plan, environment, web))
    except ValueError as error:
        return refuse(f"{error}.", ExitCode.FAILED)
    reporter = Reporter(environment, outputs, health, run_time_s=plan.run_time_s)
    ending = Ending()
    ending.listen()
    runner = environment.runner
    assert runner is not None
    course = Course(plan, environment, reporter, ending, cluster)
    with screen(console, runner, ending, sampler):
        return course.drive() if web is None else course.serve(web)
