"""A process that is a worker: it runs users for a master until that lets it go.

It prints no results of its own; those are the master's.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import gevent

from locust_like import _core, events
from locust_like._version import __version__
from locust_like.cli.cluster import Door
from locust_like.cli.ending import Ending
from locust_like.cli.exit_codes import ExitCode, of_run
from locust_like.cli.fetching import Fetching
from locust_like.cli.http_debug import watch_requests
from locust_like.cli.listeners import intact_listeners
from locust_like.cli.targets import lead, recorder_of
from locust_like.errors import LocustfileError, StopTest
from locust_like.plan.bundle import plan_hash
from locust_like.plan.options import OPTIONS
from locust_like.plan.plan import make_plan
from locust_like.plan.sources import COMMAND_LINE
from locust_like.runtime.blocking import BlockingSampler
from locust_like.runtime.checks import check_open_files
from locust_like.runtime.environment import Environment
from locust_like.runtime.join_token import token_of_worker, token_path
from locust_like.runtime.links import worker_name
from locust_like.runtime.user_classes import accept_updates
from locust_like.runtime.worker import WorkerRunner
from locust_like.runtime.worker_reports import LogCollector
from locust_like.stats.cpu_wait import CpuWait
from locust_like.stats.health import HealthLog
from locust_like.stats.masking import MaskingFormatter
from locust_like.users.http_user import CONNECTION_MODES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from locust_like.cli.processes import Child, Children
    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings

BY_MASTER = "told so by the master"
_OF_THE_MASTER = {
    "host", "num_users", "spawn_rate", "run_time", "iterations", "stop_timeout", "tags",
    "exclude_tags", "autostart", "csv_prefix", "json", "json_file", "summary_file",
    "expect_workers",
}  # fmt: skip
"""Options that a worker has no use for; told, because they might be meant for the master."""
_LOOK_EVERY_S = 0.5

_logger = logging.getLogger("locust.main")


def is_remote(settings: Settings) -> bool:
    """Tell whether the master is to send the locustfile."""
    return settings.text("locustfile") == "-"


def run(
    settings: Settings,
    add_arguments: Callable[..., object],
    *,
    plan: RunPlan | None = None,
    child: Child | None = None,
) -> int:
    """Be a worker and return the exit code.

    Args:
        settings: what was said.
        add_arguments: see `make_plan`.
        plan: made already, before this process was forked; None = it is made here.
        child: this process belongs to another one, which says where the master is.

    Raises: LocustError, OSError or ValueError with one sentence when that cannot be.
    """
    if child is None:
        _tell_what_is_ignored(settings)
    if is_remote(settings) and settings.on("no_remote_code"):
        raise LocustfileError("-f - takes the locustfile of the master, and --no-remote-code no.")
    if plan is None and not is_remote(settings):
        plan = make_plan(settings, add_arguments)
    door = child.wait_for_door() if child is not None else door_of(settings)
    if door is None:
        return ExitCode.FAILED
    recorder = recorder_of(settings)
    link = _core.WorkerLink(
        recorder,
        door.host,
        door.port,
        door.token,
        __version__,
        weight=settings.number("worker_weight"),
        max_wait_s=settings.number("worker_max_wait"),
        name=worker_name(),
    )
    missed: Sequence[_core.LinkEvent] = ()
    if plan is None:
        fetching = Fetching(link, settings)
        plan = fetching.plan(add_arguments)
        missed = fetching.missed
    return _work(_Work(plan, recorder, link, child, missed))


def _tell_what_is_ignored(settings: Settings) -> None:
    said = [
        option.flags[-1]
        for option in OPTIONS
        if option.name in _OF_THE_MASTER and settings.origin(option.name) == COMMAND_LINE
    ]
    if said:
        _logger.warning("%s: the master decides that; ignored here", ", ".join(said))


def run_parent(settings: Settings, children: Children) -> int:
    """Wait for worker processes of our own; returns the first exit code that is not 0."""
    ending = Ending()
    ending.listen()
    children.admit(door_of(settings))
    ending.watch(children.wait, "all worker processes have ended")
    ending.wait()
    codes = children.finish(hurried=ending.hurried.is_set)
    return next((code for code in codes if code), ExitCode.OK)


class _Work:
    """What a worker is made of."""

    def __init__(
        self,
        plan: RunPlan,
        recorder: _core.Recorder,
        link: _core.WorkerLink,
        child: Child | None,
        missed: Sequence[_core.LinkEvent],
    ) -> None:
        self.plan = plan
        self.recorder = recorder
        self.environment = Environment(
            user_classes=list(plan.available),
            events=events,
            host=plan.host,
            locustfile=",".join(path.name for path in plan.locustfiles),
            parsed_options=plan.settings.namespace(),
            recorder=recorder,
        )
        self.sampler = BlockingSampler(link.set_blocking)
        log = LogCollector()
        log.setFormatter(MaskingFormatter("[%(asctime)s] %(levelname)s/%(name)s: %(message)s"))
        logging.getLogger().addHandler(log)
        health = HealthLog(_core.engine_health, self.sampler.take, CpuWait().take)
        self.runner = WorkerRunner(
            self.environment,
            link,
            worker_name(),
            available=plan.available,
            take_health=health.recent,
            log=log,
            set_options=self._set_options,
            plan=plan_hash(plan.locustfiles),
            missed=missed,
        )
        accept_updates(self.runner)
        self.environment.runner = self.runner
        self.child = child

    def _set_options(self, values: Mapping[str, object]) -> None:
        own = {name: True for name in CONNECTION_MODES if self.plan.settings.on(name)}
        for name, value in {**values, **own}.items():
            setattr(self.environment.parsed_options, name, value)
        lead(self.recorder, self.plan.settings, values)


def _work(work: _Work) -> int:
    environment, runner = work.environment, work.runner
    ending = Ending(
        (signal.SIGHUP, signal.SIGINT) if work.child else (signal.SIGHUP,),
        on_stop_test=lambda: gevent.spawn(runner.quit),
    )
    ending.listen()
    work.sampler.start()
    watch_requests(work.plan.settings)
    try:
        fire = environment.events.init.fire
        with intact_listeners(environment):
            ending.begin(lambda: fire(environment=environment, runner=runner, web_ui=None))
        check_open_files(0)
        ending.watch(runner.greenlet.join, BY_MASTER)
        if work.child is not None:
            ending.watch(work.child.wait_for_end, "the parent process has ended")
    except StopTest:
        runner.quit()
    except ValueError as error:
        sys.stderr.write(f"locust-like: error: {error}\n")
        return ExitCode.FAILED
    ending.wait()
    leaving = gevent.spawn(runner.leave)
    gevent.wait([leaving, ending.hurried], count=1)
    if not leaving.ready():
        runner.kill_users()
        leaving.join(timeout=runner.forced_stop_s)
    work.sampler.stop()
    code = _conclude(work, ending)
    if work.child is not None:
        work.child.say_goodbye()
    return code


def _conclude(work: _Work, ending: Ending) -> int:
    """Tell the script and return the exit code."""
    environment, runner = work.environment, work.runner
    with contextlib.suppress(StopTest):
        ending.let(lambda: environment.events.quitting.fire(environment=environment, reverse=True))
    code = of_run(
        override=environment.process_exit_code,
        failed=bool(runner.exceptions) or environment.stats.num_failures > 0,
        listener_failures=runner.listener_failures,
        on_error=work.plan.exit_code_on_error,
    )
    if runner.failure:
        code = code or ExitCode.FAILED
    _logger.info("Shutting down (exit code %d)", code)
    with contextlib.suppress(StopTest):
        ending.let(lambda: environment.events.quit.fire(exit_code=code))
    return code


def door_of(settings: Settings) -> Door:
    """Return how to reach the master, as options and the token's file say.

    A master that is just being started for the first time has not made the token yet; so there is
    some patience.

    Raises: OSError or ValueError with one sentence.
    """
    named = settings.text("join_token_file")
    path = token_path(named, os.environ)
    until_s = monotonic() + settings.number("worker_max_wait")
    has_told = False
    while True:
        token = token_of_worker(path, os.environ, is_named=named is not None)
        if token is not None:
            port = int(settings.number("master_port"))
            return Door(settings.text("master_host") or "", port, token)
        if monotonic() >= until_s:
            raise ValueError(_no_token(path))
        if not has_told:
            has_told = True
            _logger.warning("%s; waiting for it", _no_token(path))
        gevent.sleep(_LOOK_EVERY_S)


def _no_token(path: Path) -> str:
    return (
        f"no join token in {path}: start the master here, or copy its token to that file, to one "
        f"that --join-token-file names, or to LOCUST_LIKE_JOIN_TOKEN"
    )
