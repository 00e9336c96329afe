"""`locust-like [options] [UserClass ...]`: one load test from its locustfile to its exit code.

Every ending goes the same way: stop the load, take the last snapshot, tell the script, write all
results, exit. What differs is only who asked for it; see `cli/ending.py`.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import gevent

from locust_like import _core, events
from locust_like._version import __version__
from locust_like.cli import logs
from locust_like.cli.ending import Ending
from locust_like.cli.exit_codes import ExitCode, of_run
from locust_like.cli.reporting import Reporter
from locust_like.errors import LocustfileError
from locust_like.outputs.base import ScriptException
from locust_like.outputs.console import Console
from locust_like.outputs.csv_files import CsvFiles
from locust_like.outputs.json_summary import JsonFile, JsonPrinter
from locust_like.plan.plan import make_plan
from locust_like.runtime.environment import Environment
from locust_like.runtime.exceptions import title
from locust_like.stats.health import HealthLog

if TYPE_CHECKING:
    from locust_like.outputs.base import Output
    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings
    from locust_like.runtime.local import LocalRunner

_logger = logging.getLogger("locust.main")

_FORCED_STOP_S = 0.5
"""How long killed users may take after a second signal; the whole end then fits into one second."""


def run(settings: Settings) -> int:
    """Do what the options say and return the exit code."""
    if not settings.on("headless") and not settings.on("list_commands"):
        return _refuse("the web UI is not in this version; use --headless.", ExitCode.WRONG_USE)
    try:
        logs.configure(settings.text("loglevel") or "INFO", settings.text("logfile"))
        plan = make_plan(settings)
    except LocustfileError as error:
        _logger.debug("The locustfile cannot be used", exc_info=error.__cause__)
        return _refuse(str(error), ExitCode.FAILED)
    except OSError as error:
        return _refuse(f"cannot write the log: {error}.", ExitCode.FAILED)
    if settings.on("list_commands"):
        names = "".join(f"    {cls.__name__}\n" for cls in plan.available)
        sys.stdout.write(f"Available Users:\n{names}")
        return ExitCode.OK
    return _execute(plan)


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"locust-like: error: {message}\n")
    return code


def _outputs(settings: Settings) -> list[Output]:
    outputs: list[Output] = []
    csv_prefix, json_name = settings.text("csv_prefix"), settings.text("json_file")
    if csv_prefix is not None:
        outputs.append(CsvFiles(csv_prefix))
    if json_name is not None:
        outputs.append(JsonFile(json_name))
    if settings.on("json"):
        outputs.append(JsonPrinter(sys.stdout))
    # Last, because it tells where the others have written.
    outputs.append(Console(sys.stderr, only_summary=settings.on("only_summary")))
    return outputs


def _environment(plan: RunPlan) -> Environment:
    return Environment(
        user_classes=list(plan.user_classes),
        events=events,
        host=plan.host,
        tags=list(plan.tags) or None,
        exclude_tags=list(plan.exclude_tags) or None,
        stop_timeout=plan.stop_timeout_s,
        replace_users=plan.replace_users,
        locustfile=",".join(path.name for path in plan.locustfiles),
        parsed_options=plan.settings.namespace(),
    )


def _execute(plan: RunPlan) -> int:
    environment = _environment(plan)
    runner = environment.create_local_runner()
    health = HealthLog(_core.engine_health)
    reporter = Reporter(environment, _outputs(plan.settings), health, run_time_s=plan.run_time_s)
    ending = Ending()
    ending.listen()
    environment.events.init.fire(environment=environment, runner=runner, web_ui=None)
    _logger.info("Starting Locust (locust_like %s)", __version__)
    try:
        reporter.check()
        _check_tasks(environment)
        _announce(plan.run_time_s)
        runner.start(plan.users, plan.spawn_rate_per_s)
    except OSError as error:
        return _refuse(f"results could not be written: {error}.", ExitCode.FAILED)
    except ValueError as error:
        return _refuse(str(error), ExitCode.FAILED)
    # From here, so that what test_start prepares does not count as run time.
    reporter.start()
    if plan.run_time_s is not None:
        ending.after(plan.run_time_s)
    ending.watch(runner.greenlet.join)
    ending.wait()
    _stop(runner, ending)
    return _conclude(plan, environment, reporter, ending)


def _check_tasks(environment: Environment) -> None:
    environment.filter_tasks()
    if not any(cls.tasks for cls in environment.user_classes) and environment.filters_tasks:
        raise ValueError("no task is left by --tags and --exclude-tags.")


def _announce(run_time_s: float | None) -> None:
    if run_time_s is None:
        _logger.info("No run time limit set, use CTRL+C to interrupt")
    else:
        _logger.info("Run time limit set to %g seconds", run_time_s)


def _stop(runner: LocalRunner, ending: Ending) -> None:
    """Stop the load within the stop timeout, or at once when a second signal comes."""
    stopping = gevent.spawn(runner.quit)
    gevent.wait([stopping, ending.hurried], count=1)
    if not stopping.ready():
        _logger.info("Second signal: stopping at once")
        runner.user_greenlets.kill(block=False)
        # Not longer: a task may catch everything, and results have to be written in time.
        stopping.join(timeout=_FORCED_STOP_S)


def _conclude(plan: RunPlan, environment: Environment, reporter: Reporter, ending: Ending) -> int:
    """Tell the script, write everything, and return the exit code."""
    environment.events.quitting.fire(environment=environment, reverse=True)
    runner = environment.runner
    exceptions = [
        ScriptException(
            row["count"],
            title(row["msg"], row["traceback"]),
            row["msg"],
            row["traceback"],
            tuple(sorted(row["nodes"])),
        )
        for row in (runner.exceptions.values() if runner is not None else ())
    ]
    code = of_run(
        override=environment.process_exit_code,
        failed=bool(exceptions) or environment.stats.num_failures > 0,
        listener_failures=environment.events.listener_failures,
        on_error=plan.exit_code_on_error,
    )
    _logger.info("Shutting down (exit code %d)", code)
    complete = reporter.finish(ending.reason, exceptions, environment.unverified_users)
    if not complete and not code:
        code = ExitCode.FAILED
    environment.events.quit.fire(exit_code=code)
    return code
