"""One run from its beginning to its exit code.

Every ending goes the same way: stop the load, take the last snapshot, tell the script, write all
results, exit. What differs is only who asked for it; see `cli/ending.py`.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING

import gevent

from locust_like import _core
from locust_like._version import __version__
from locust_like.cli.exit_codes import ExitCode, of_run
from locust_like.cli.listeners import intact_listeners
from locust_like.cli.troubles import describe
from locust_like.errors import CommandError, StopTest
from locust_like.outputs.base import ScriptException
from locust_like.runtime.checks import check_open_files, check_users
from locust_like.runtime.control_checks import Load
from locust_like.runtime.endings import BY_SCRIPT, ITERATIONS_DONE, SHAPE_ENDED
from locust_like.runtime.exceptions import ExceptionRow, title
from locust_like.runtime.shape_choice import tell_load

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like.cli.cluster import Cluster
    from locust_like.cli.ending import Ending
    from locust_like.cli.reporting import Reporter
    from locust_like.cli.web import Web
    from locust_like.interfaces import Runner
    from locust_like.plan.plan import RunPlan
    from locust_like.runtime.environment import Environment

_logger = logging.getLogger("locust.main")


def refuse(message: str, code: int) -> int:
    """Say why nothing is run, and return the exit code."""
    sys.stderr.write(f"locust-like: error: {message}\n")
    return code


class Course:
    """Takes a run, or with the web UI several, from the beginning to the exit code.

    Args:
        plan: what is run.
        environment: its runner must exist.
        reporter: feeds the outputs.
        ending: listens to signals already.
        cluster: the workers; None when the users run in this process.
    """

    def __init__(
        self,
        plan: RunPlan,
        environment: Environment,
        reporter: Reporter,
        ending: Ending,
        cluster: Cluster | None,
    ) -> None:
        """Do nothing yet."""
        runner = environment.runner
        if runner is None:
            raise RuntimeError("a course needs an environment with a runner")
        self._plan = plan
        self._environment = environment
        self._runner: Runner = runner
        self._reporter = reporter
        self._ending = ending
        self._cluster = cluster

    def serve(self, web: Web) -> int:
        """Let operators start and stop runs until somebody ends the process."""
        ending, settings = self._ending, self._plan.settings
        try:
            self._prepare(web)
            if not ending.reason:
                web.start(self._reporter, ending)
            if settings.on("autostart"):
                self._wait_for_workers()
                if not ending.reason:
                    web.autostart(settings.number_if_given("autoquit"), ending)
        except StopTest:
            ending.ask(BY_SCRIPT)
        except OSError as error:
            return refuse(f"{describe(error)}.", ExitCode.FAILED)
        except (ValueError, CommandError) as error:
            web.stop()
            self._stop()
            return refuse(str(error), ExitCode.FAILED)
        ending.watch(self._runner.greenlet.join)
        ending.wait()
        self._stop()
        web.stop()
        if not web.has_run:
            self._reporter.stop()
            return int(self._environment.process_exit_code or ExitCode.OK)
        return self._conclude()

    def drive(self) -> int:
        """Take one run from its beginning to its exit code."""
        try:
            self._begin()
        except StopTest:
            self._ending.ask(BY_SCRIPT)
        except OSError as error:
            return refuse(f"results could not be written: {describe(error)}.", ExitCode.FAILED)
        except ValueError as error:
            self._stop()
            return refuse(str(error), ExitCode.FAILED)
        self._ending.wait()
        self._stop()
        return self._conclude()

    def _prepare(self, web: Web | None) -> None:
        """Tell the script that everything exists, and check what is left to check.

        Raises: OSError when results cannot be written, ValueError when nothing can be run.
        """
        environment = self._environment
        fire = environment.events.init.fire
        ui = None if web is None else web.ui
        with intact_listeners(environment):
            self._ending.begin(
                lambda: fire(environment=environment, runner=self._runner, web_ui=ui)
            )
        _logger.info("Starting Locust (locust_like %s)", __version__)
        self._reporter.check()
        if web is None:
            check_users(environment)
        # Workers need a file for each user, their master one for each worker.
        check_open_files(self._plan.users if self._cluster is None else 0)

    def _begin(self) -> None:
        """Start the load, and everything that may end it.

        Raises: OSError when results cannot be written, ValueError when nothing can be run, StopTest
            from a listener.
        """
        plan, ending, runner = self._plan, self._ending, self._runner
        self._prepare(None)
        self._wait_for_workers()
        if ending.reason:
            return
        # A shape may read the time, which is no limit of its run.
        run_time_s = plan.settings.number_if_given("run_time")
        tell_load(self._environment, Load(plan.users, plan.spawn_rate_per_s, run_time_s))
        if plan.shape is None:
            _announce(plan.run_time_s)
            ending.begin(lambda: runner.start(plan.users, plan.spawn_rate_per_s))
        else:
            ending.begin(runner.start_shape)
            ending.watch(runner.shape.ended.wait, SHAPE_ENDED)
        # From here, so that what test_start prepares does not count as run time.
        self._reporter.start()
        if plan.run_time_s is not None:
            ending.after(plan.run_time_s)
        iterations = self._environment.iterations
        if iterations is not None:
            ending.watch(iterations.finished.wait, ITERATIONS_DONE)
        ending.watch(runner.greenlet.join)
        if self._cluster is not None:
            self._cluster.watch(ending)

    def _wait_for_workers(self) -> None:
        if self._cluster is not None:
            self._cluster.wait(self._ending)

    def _stop(self) -> None:
        """Stop the load within the stop timeout, or at once when a second signal comes."""
        stopping = gevent.spawn(self._runner.quit)
        gevent.wait([stopping, self._ending.hurried], count=1)
        if not stopping.ready():
            self._runner.kill_users()
            # Not longer: a task may catch everything, and results have to be written in time.
            stopping.join(timeout=self._runner.forced_stop_s)

    def _conclude(self) -> int:
        """Tell the script, write everything, and return the exit code."""
        environment, runner = self._environment, self._runner
        fire = environment.events.quitting.fire
        self._tell(lambda: fire(environment=environment, reverse=True))
        if self._cluster is not None:
            # Workers have told all. How long processes of ours take to end is no part of the run.
            self._reporter.hold()
        raised = [*runner.exceptions.values(), *environment.listener_exceptions.values()]
        code = self._exit_code()
        _logger.info("Shutting down (exit code %d)", code)
        self._reporter.stop()
        # Those of other processes have gone with these.
        has_stubborn_users = self._cluster is None and runner.user_count > 0
        if has_stubborn_users:
            # What they have in flight counts as cancelled. Until the results are written nothing
            # waits, so that they do not run again meanwhile.
            _core.flush()
            _core.shutdown()
        code = self._reporter.finish(
            self._ending.run_reason or self._ending.reason,
            [_exception(row) for row in raised],
            environment.unverified_users,
            exit_code=code,
        )
        if has_stubborn_users:
            environment.events.quit.fire(exit_code=code)
        else:
            self._tell(lambda: environment.events.quit.fire(exit_code=code))
        return code

    def _exit_code(self) -> int:
        plan, environment, runner = self._plan, self._environment, self._runner
        theirs = 0 if self._cluster is None else self._cluster.finish(self._ending)
        workers = runner.workers
        is_degraded = workers is not None and workers.is_degraded
        is_refused = is_degraded and not plan.settings.on("allow_worker_loss")
        if is_refused:
            _logger.warning("A worker was lost: no exit code 0 without --allow-worker-loss")
        code = of_run(
            override=environment.process_exit_code,
            failed=bool(runner.exceptions) or environment.stats.num_failures > 0,
            listener_failures=runner.listener_failures,
            on_error=plan.exit_code_on_error,
            invalid=plan.settings.on("fail_on_invalid") and self._reporter.verdict() == "INVALID",
            degraded=is_refused,
        )
        return code if environment.process_exit_code is not None else code or theirs

    def _tell(self, fire: Callable[[], None]) -> None:
        """Fire an event at the end of a run; there is nothing left that StopTest could stop."""
        with contextlib.suppress(StopTest):
            self._ending.let(fire)


def _announce(run_time_s: float | None) -> None:
    if run_time_s is None:
        _logger.info("No run time limit set, use CTRL+C to interrupt")
    else:
        _logger.info("Run time limit set to %g seconds", run_time_s)


def _exception(row: ExceptionRow) -> ScriptException:
    return ScriptException(
        row["count"],
        title(row["msg"], row["traceback"]),
        row["msg"],
        row["traceback"],
        tuple(sorted(row["nodes"])),
    )
