"""What a master does besides what a local run does: keys, listening, waiting for workers."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import sys
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import gevent

from locust_like._core import ClusterKeys
from locust_like.errors import LocustfileError
from locust_like.outputs.terminal import is_terminal
from locust_like.plan.bundle import check_included, pack, plan_hash
from locust_like.plan.finding import STDIN
from locust_like.plan.options import OF_A_RUN
from locust_like.runtime.documents import BUNDLE_PART_BYTES, BundlePart
from locust_like.runtime.join_token import VARIABLE, keys_of_master, token_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from locust_like.cli.ending import Ending
    from locust_like.cli.processes import Children
    from locust_like.plan.bundle import Packed
    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings
    from locust_like.runtime.environment import Environment
    from locust_like.runtime.master import MasterRunner

ABANDONED = "all workers were lost"
_TELL_EVERY_S = 5.0
_LOOK_EVERY_S = 0.05

_logger = logging.getLogger("locust.main")


@dataclass(frozen=True)
class Door:
    """How workers reach a master."""

    host: str
    port: int
    token: str


def is_master(settings: Settings) -> bool:
    """Tell whether this process lets others run the users."""
    return settings.on("master") or (process_count(settings) > 0 and not settings.on("worker"))


def print_token(settings: Settings) -> int:
    """Print the join token, whose files are made if they are missing."""
    path = token_path(settings.text("join_token_file"), os.environ)
    sys.stdout.write(f"{keys_of_master(path).join_token}\n")
    return 0


def make_master(plan: RunPlan, environment: Environment) -> tuple[MasterRunner, Door]:
    """Listen for workers, say where, and return the runner with what our own processes need.

    Raises: OSError or ValueError with one sentence when that cannot be.
    """
    settings = plan.settings
    is_private = not settings.on("master")
    host, port = "127.0.0.1", 0
    keys = ClusterKeys.generate() if is_private else _keys(settings)
    if not is_private:
        host = settings.text("master_bind_host") or ""
        port = int(settings.number("master_bind_port"))
    try:
        runner = environment.create_master_runner(
            host,
            port,
            keys=keys,
            options=lambda: _script_options(plan, environment),
            plan=plan_hash(plan.locustfiles),
            bundle=_Bundle(plan.locustfiles, settings.words("include")),
        )
    except (OSError, ValueError) as error:
        raise ValueError(
            f"cannot {error}; choose another --master-bind-host or --master-bind-port"
        ) from error
    if not is_private:
        _announce(host, runner.port)
    if settings.on("enable_rebalancing"):
        _logger.info("--enable-rebalancing changes nothing: users are always balanced again")
    return runner, Door(_reachable(host), runner.port, keys.join_token)


def _keys(settings: Settings) -> ClusterKeys:
    path = token_path(settings.text("join_token_file"), os.environ)
    try:
        keys = keys_of_master(path)
    except OSError as error:
        why = f"the join token cannot be kept in {path}: {error.strerror}"
        if not _is_loopback(settings.text("master_bind_host") or ""):
            raise ValueError(
                f"{why}; without one nobody can be let in from other machines, so name a place for "
                f"it with --join-token-file, or leave --master-bind-host out"
            ) from error
        _logger.warning("%s; this master has one of its own", why)
        keys = ClusterKeys.generate()
    else:
        _logger.info("join token: %s", path)
        if os.environ.get(VARIABLE, keys.join_token).strip() != keys.join_token:
            _logger.warning("%s is another token; it is for workers", VARIABLE)
    if settings.on("print_join_token") or is_terminal(sys.stderr):
        # Not into the log, which may be kept in a file.
        sys.stderr.write(f"join token: {keys.join_token}\n")
    return keys


def _announce(host: str, port: int) -> None:
    if _is_loopback(host):
        who = "this machine only; --master-bind-host 0.0.0.0 lets others join with the token"
    else:
        who = "whoever has the join token may join"
    shown = {"*": "0.0.0.0"}.get(host, f"[{host}]" if ":" in host else host)
    _logger.info("listening on %s:%d (%s)", shown, port, who)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reachable(host: str) -> str:
    """Return the address under which processes of this machine reach one that listens there."""
    return {"*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _script_options(plan: RunPlan, environment: Environment) -> dict[str, object]:
    """Return what users need of the options, and those that the locustfile added, as they are."""
    options = environment.parsed_options
    return {name: getattr(options, name, None) for name in (*plan.settings.custom, *OF_A_RUN)}


class _Bundle:
    """Packs the locustfiles when the first worker asks for them.

    Raises: LocustfileError, at once, for what --include names and nobody finds.
    """

    def __init__(self, locustfiles: Sequence[Path], include: Sequence[str]) -> None:
        self._locustfiles = locustfiles
        self._include = include
        if STDIN not in locustfiles:
            check_included(locustfiles, include)
        self._packed: Packed | None = None

    def __call__(self, part: int) -> BundlePart:
        """Return a part of the bundle."""
        if STDIN in self._locustfiles:
            return _refusal(part, "the master has read its locustfile from stdin")
        if self._packed is None:
            try:
                self._packed = pack(self._locustfiles, self._include)
            except LocustfileError as error:
                _logger.error("%s", error)
                return _refusal(part, str(error))
        packed = self._packed
        parts = -(-len(packed.data) // BUNDLE_PART_BYTES)
        begin = part * BUNDLE_PART_BYTES
        return BundlePart(
            part, parts, packed.sha256, packed.data[begin : begin + BUNDLE_PART_BYTES]
        )


def _refusal(part: int, why: str) -> BundlePart:
    return BundlePart(part, 0, "", b"", refusal=why)


class Cluster:
    """The workers of this master: those that join, and the processes of our own.

    Args:
        runner: the master's.
        door: where our own processes come in.
        settings: what was said.
        children: our own processes, started already; None = there are none.
    """

    def __init__(
        self,
        runner: MasterRunner,
        door: Door,
        settings: Settings,
        children: Children | None,
    ) -> None:
        """Let our own processes in."""
        self._runner = runner
        self._settings = settings
        self._children = children
        if children is not None:
            children.admit(door, self._on_loss)

    def wait(self, ending: Ending, clock: Callable[[], float] = monotonic) -> None:
        """Wait until as many workers are connected as are expected, or somebody asks for the end.

        Raises: ValueError when the wait is too long.
        """
        expected = int(self._settings.number("expect_workers"))
        if self._children is not None:
            expected = max(expected, process_count(self._settings))
        most_s = self._settings.number("expect_workers_max_wait")
        began_s = clock()
        told_s = began_s - _TELL_EVERY_S
        while self._runner.worker_count < expected and not ending.reason:
            now_s = clock()
            here = self._runner.worker_count
            self._check_children(here, expected)
            if most_s and now_s - began_s > most_s:
                raise ValueError(
                    f"Gave up waiting for workers to connect, {here} of {expected} are here."
                )
            if now_s - told_s >= _TELL_EVERY_S:
                told_s = now_s
                # By the root logger, as Locust.
                logging.info("Waiting for workers to be ready, %d of %d connected", here, expected)
            gevent.sleep(_LOOK_EVERY_S)

    def _check_children(self, here: int, expected: int) -> None:
        """Refuse to wait for processes that have ended for good, where nobody else can join.

        Raises: ValueError.
        """
        gone = 0 if self._children is None else self._children.gone
        if gone and not self._settings.on("master"):
            raise ValueError(
                f"Gave up waiting for workers to connect, {here} of {expected} are here: {gone} of "
                f"our own processes have ended, for which the reason stands above."
            )

    def _on_loss(self, pid: int, how: str) -> None:
        """Take a process out that has died; its link would be given another second."""
        host = socket.gethostname()
        for row in self._runner.workers.rows:
            if row.is_here and (row.pid, row.host) == (pid, host):
                self._runner.remove_worker(row.index, f"exited ({how})")

    def watch(self, ending: Ending) -> None:
        """Let the loss of all workers end the process."""
        ending.watch(self._runner.abandoned.wait, ABANDONED)

    def finish(self, ending: Ending) -> int:
        """Wait for our own processes; returns the first exit code that is not 0."""
        if self._children is None:
            return 0
        codes = self._children.finish(hurried=ending.hurried.is_set)
        return next((code for code in codes if code), 0)


def process_count(settings: Settings) -> int:
    """Return how many worker processes --processes asks for; 0 without it."""
    count = settings.number_if_given("processes")
    if count is None:
        return 0
    return len(os.sched_getaffinity(0)) if count < 0 else int(count)
