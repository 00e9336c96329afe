"""`locust-like [options] [UserClass ...]`: one load test from its locustfile to its exit code.

Every ending goes the same way: stop the load, take the last snapshot, tell the script, write all
results, exit. What differs is only who asked for it; see `cli/ending.py`.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING

import gevent

from locust_like import _core, events
from locust_like._version import __version__
from locust_like.cli import logs
from locust_like.cli.commands import listing
from locust_like.cli.ending import Ending
from locust_like.cli.exit_codes import ExitCode, of_run
from locust_like.cli.facts import facts_of
from locust_like.cli.reporting import Reporter
from locust_like.cli.screen import console_of, screen
from locust_like.cli.troubles import describe
from locust_like.cli.web import make_web
from locust_like.errors import CommandError, LocustfileError, SourceError, StopTest
from locust_like.outputs.base import ScriptException
from locust_like.outputs.csv_files import CsvFiles
from locust_like.outputs.json_summary import JsonFile, JsonPrinter
from locust_like.outputs.run_document import RunDocument
from locust_like.plan.combinations import check_combinations
from locust_like.plan.plan import make_plan
from locust_like.runtime.blocking import BlockingSampler
from locust_like.runtime.checks import check_open_files, check_users
from locust_like.runtime.endings import BY_SCRIPT, ITERATIONS_DONE
from locust_like.runtime.environment import Environment
from locust_like.runtime.exceptions import ExceptionRow, title
from locust_like.stats.cpu_wait import CpuWait
from locust_like.stats.health import HealthLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like.cli.web import Web
    from locust_like.interfaces import Runner
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
            logs.configure(settings.text("loglevel") or "INFO", settings.text("logfile"))
        plan = make_plan(settings, _add_arguments)
        check_combinations(plan.settings)
    except LocustfileError as error:
        _logger.debug("The locustfile cannot be used", exc_info=error.__cause__)
        return _refuse(str(error), ExitCode.FAILED)
    except SourceError as error:
        return _refuse(str(error), ExitCode.WRONG_USE)
    except OSError as error:
        return _refuse(f"cannot write the log: {describe(error)}.", ExitCode.FAILED)
    if listing.is_asked_for(settings):
        return listing.show(plan)
    return _execute(plan)


def _add_arguments(parser: Parser) -> None:
    events.init_command_line_parser.fire(parser=parser)


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"locust-like: error: {message}\n")
    return code


def _outputs(plan: RunPlan, console: Console | None) -> list[Output]:
    settings = plan.settings
    outputs: list[Output] = []
    csv_prefix, json_name = settings.text("csv_prefix"), settings.text("json_file")
    if csv_prefix is not None:
        full, raw = settings.on("csv_full_history"), settings.on("csv_raw")
        outputs.append(CsvFiles(csv_prefix, full_history=full, raw=raw))
    if json_name is not None:
        outputs.append(JsonFile(json_name))
    if settings.on("json"):
        outputs.append(JsonPrinter(sys.stdout))
    summary_file = settings.text("summary_file")
    if summary_file is not None:
        # After the others, because it tells the exit code, which they may change.
        outputs.append(RunDocument(summary_file, facts_of(plan)))
    if console is not None:
        # Last, because it tells where the others have written.
        outputs.append(console)
    return outputs


def _environment(plan: RunPlan) -> Environment:
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
    )


def _iterations(plan: RunPlan) -> int | None:
    limit = plan.settings.number_if_given("iterations")
    return None if limit is None else int(limit)


def _execute(plan: RunPlan) -> int:
    environment = _environment(plan)
    runner = environment.create_local_runner()
    sampler = BlockingSampler()
    console = None if plan.settings.on("skip_log_setup") else console_of(plan.settings)
    health = HealthLog(_core.engine_health, sampler.take, CpuWait().take)
    outputs = _outputs(plan, console)
    try:
        web = None if plan.settings.on("headless") else make_web(plan, environment)
    except ValueError as error:
        return _refuse(f"{error}.", ExitCode.FAILED)
    if web is not None:
        outputs.insert(0, web.feed)
    reporter = Reporter(environment, outputs, health, run_time_s=plan.run_time_s)
    ending = Ending()
    ending.listen()
    with screen(console, runner, ending, sampler):
        if web is not None:
            return _serve(plan, environment, reporter, ending, web)
        return _drive(plan, environment, reporter, ending)


def _serve(
    plan: RunPlan, environment: Environment, reporter: Reporter, ending: Ending, web: Web
) -> int:
    """Let operators start and stop runs until somebody ends the process."""
    runner = environment.runner
    assert runner is not None
    fire = environment.events.init.fire
    try:
        ending.begin(lambda: fire(environment=environment, runner=runner, web_ui=web.ui))
        _logger.info("Starting Locust (locust_like %s)", __version__)
        reporter.check()
        check_open_files(plan.users)
        if not ending.reason:
            web.start(reporter, ending)
        if plan.settings.on("autostart") and not ending.reason:
            web.autostart(plan.settings.number_if_given("autoquit"), ending)
    except StopTest:
        ending.ask(BY_SCRIPT)
    except OSError as error:
        return _refuse(f"{describe(error)}.", ExitCode.FAILED)
    except (ValueError, CommandError) as error:
        web.stop()
        return _refuse(str(error), ExitCode.FAILED)
    ending.watch(runner.greenlet.join)
    ending.wait()
    _stop(runner, ending)
    web.stop()
    if not web.has_run:
        reporter.stop()
        return int(environment.process_exit_code or ExitCode.OK)
    return _conclude(plan, environment, reporter, ending)


def _drive(plan: RunPlan, environment: Environment, reporter: Reporter, ending: Ending) -> int:
    """Take a run from its beginning to its exit code."""
    runner = environment.runner
    assert runner is not None
    try:
        _begin(plan, environment, reporter, ending)
    except StopTest:
        ending.ask(BY_SCRIPT)
    except OSError as error:
        return _refuse(f"results could not be written: {describe(error)}.", ExitCode.FAILED)
    except ValueError as error:
        return _refuse(str(error), ExitCode.FAILED)
    ending.wait()
    _stop(runner, ending)
    return _conclude(plan, environment, reporter, ending)


def _begin(plan: RunPlan, environment: Environment, reporter: Reporter, ending: Ending) -> None:
    """Start the load, and everything that may end it.

    Raises: OSError when results cannot be written, ValueError when nothing can be run, StopTest
        from a listener.
    """
    runner = environment.runner
    assert runner is not None
    fire = environment.events.init.fire
    ending.begin(lambda: fire(environment=environment, runner=runner, web_ui=None))
    _logger.info("Starting Locust (locust_like %s)", __version__)
    reporter.check()
    check_users(environment)
    check_open_files(plan.users)
    if ending.reason:
        return
    _announce(plan.run_time_s)
    ending.begin(lambda: runner.start(plan.users, plan.spawn_rate_per_s))
    # From here, so that what test_start prepares does not count as run time.
    reporter.start()
    if plan.run_time_s is not None:
        ending.after(plan.run_time_s)
    if environment.iterations is not None:
        ending.watch(environment.iterations.finished.wait, ITERATIONS_DONE)
    ending.watch(runner.greenlet.join)


def _announce(run_time_s: float | None) -> None:
    if run_time_s is None:
        _logger.info("No run time limit set, use CTRL+C to interrupt")
    else:
        _logger.info("Run time limit set to %g seconds", run_time_s)


def _stop(runner: Runner, ending: Ending) -> None:
    """Stop the load within the stop timeout, or at once when a second signal comes."""
    stopping = gevent.spawn(runner.quit)
    gevent.wait([stopping, ending.hurried], count=1)
    if not stopping.ready():
        runner.kill_users()
        # Not longer: a task may catch everything, and results have to be written in time.
        stopping.join(timeout=runner.forced_stop_s)


def _conclude(plan: RunPlan, environment: Environment, reporter: Reporter, ending: Ending) -> int:
    """Tell the script, write everything, and return the exit code."""
    fire = environment.events.quitting.fire
    _tell(ending, lambda: fire(environment=environment, reverse=True))
    runner = environment.runner
    assert runner is not None
    raised = [*runner.exceptions.values(), *environment.listener_exceptions.values()]
    exceptions = [_exception(row) for row in raised]
    code = of_run(
        override=environment.process_exit_code,
        failed=bool(runner.exceptions) or environment.stats.num_failures > 0,
        listener_failures=runner.listener_failures,
        on_error=plan.exit_code_on_error,
        invalid=plan.settings.on("fail_on_invalid") and reporter.verdict() == "INVALID",
    )
    _logger.info("Shutting down (exit code %d)", code)
    reporter.stop()
    has_stubborn_users = runner.user_count > 0
    if has_stubborn_users:
        # What they have in flight counts as cancelled. Until the results are written nothing waits,
        # so that they do not run again meanwhile.
        _core.flush()
        _core.shutdown()
    code = reporter.finish(
        ending.run_reason or ending.reason, exceptions, environment.unverified_users, exit_code=code
    )
    if has_stubborn_users:
        environment.events.quit.fire(exit_code=code)
    else:
        _tell(ending, lambda: environment.events.quit.fire(exit_code=code))
    return code


def _exception(row: ExceptionRow) -> ScriptException:
    return ScriptException(
        row["count"],
        title(row["msg"], row["traceback"]),
        row["msg"],
        row["traceback"],
        tuple(sorted(row["nodes"])),
    )


def _tell(ending: Ending, fire: Callable[[], None]) -> None:
    """Fire an event at the end of a run; there is nothing left that StopTest could stop."""
    with contextlib.suppress(StopTest):
        ending.let(fire)
