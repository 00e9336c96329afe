"""The environment: everything that belongs to one run, and nothing that is global.

Several environments can live in one process; each has its own statistics, events and runner.

Source: Locust's Environment.
"""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from uuid import uuid4

from locust_like._core import Recorder, engine_health
from locust_like._version import __version__
from locust_like.errors import RunnerAlreadyExistsError
from locust_like.events import Events
from locust_like.plan.shapes import LoadTestShape
from locust_like.runtime.exceptions import ExceptionRow, count_exception, traceback_text
from locust_like.runtime.iterations import Iterations
from locust_like.runtime.local import LocalRunner
from locust_like.runtime.runner import BaseRunner
from locust_like.runtime.user_classes import (
    UPDATE_USER_CLASS,
    TaskLists,
    accept_updates,
)
from locust_like.stats.view import RequestStats
from locust_like.users.tasks import all_tasks, assign_equal_weights, filter_tasks_by_tags

if TYPE_CHECKING:
    from locust_like._core import ClusterKeys
    from locust_like.runtime.master import MasterRunner
    from locust_like.runtime.worker import WorkerRunner
    from locust_like.users.tasks import Task
    from locust_like.users.user import User
    from locust_like.web.server import WebUI

_NOBODY = "There are no users with weight > 0."

_logger = logging.getLogger("locust.env")


class Kept(TypedDict, total=False):
    """What Locust's Environment has besides, for its web page and its dispatcher."""

    parsed_locustfiles: list[str] | None
    available_user_classes: "dict[str, type[User]] | None"
    available_shape_classes: dict[str, Any] | None
    available_user_tasks: dict[str, list[Any]] | None
    dispatcher_class: Any
    profile: str | None


class Environment:
    """What a run consists of.

    Args:
        user_classes: classes whose users may run; those with weight 0 are left out.
        host: base URL that wins over the classes' own; None or "" keeps theirs.
        events: hooks that scripts listen to; None makes new ones.
        tags: run only tasks with any of these tags; None = what `parsed_options` says.
        exclude_tags: leave out tasks with any of these tags; None = the same.
        stop_timeout: seconds that a task may take to finish when its user stops, 0 = none; None =
            what `parsed_options` says.
        shape_class: an instance of a load shape, which `runner.start_shape` follows.
        reset_stats: forget all figures when the users are spawned.
        catch_exceptions: an exception in a task is reported and the user goes on; False lets it
            end the user.
        replace_users: a user that dies while it starts is replaced (Locust does not).
        iterations: task executions of all users together, after which they do nothing more; None =
            no limit.
        locustfile: name of the file, for reports.
        parsed_options: the options of the command line, for scripts; may be None everywhere.
        recorder: where figures are counted; None makes a new one.
        kept: what scripts look up under these names, and nothing here reads.

    Attributes:
        stats: live view of the statistics.
        recorder: where they are counted.
        runner: set by `create_local_runner`, `create_master_runner` or `create_worker_runner`.
        listener_exceptions: what listeners raised, rows as `runner.exceptions` has them.
        web_ui: set by `create_web_ui` and by the command line.
        worker_logs: the last lines of workers' logs that `update_worker_logs` was given, by name.
        single_user_instance: the user that `run_single_user` runs here.
        process_exit_code: wins over every other exit code when a script sets it.

    Raises:
        ValueError: two classes have the same name, or all of them have weight 0.

    Example:
        environment = Environment(user_classes=[Visitor], host="http://127.0.0.1:8000")
        runner = environment.create_local_runner()
        runner.start(10, spawn_rate=5)
    """

    parsed_locustfiles: list[str] | None
    available_user_classes: "dict[str, type[User]] | None"
    available_shape_classes: dict[str, Any] | None
    available_user_tasks: dict[str, list[Any]] | None
    dispatcher_class: Any
    profile: str | None
    single_user_instance: "User | None" = None

    def __init__(
        self,
        *,
        user_classes: "Iterable[type[User]] | None" = None,
        host: str | None = None,
        events: Events | None = None,
        tags: Iterable[str] | None = None,
        exclude_tags: Iterable[str] | None = None,
        stop_timeout: float | None = None,
        reset_stats: bool = False,
        catch_exceptions: bool = True,
        replace_users: bool = True,
        iterations: int | None = None,
        locustfile: str | None = None,
        parsed_options: Any = None,
        shape_class: Any = None,
        recorder: Recorder | None = None,
        **kept: Unpack["Kept"],
    ) -> None:
        for name in Kept.__annotations__:
            setattr(self, name, kept.get(name))
        self.worker_logs: dict[str, list[str]] = {}
        self._task_lists = TaskLists()
        classes = list(user_classes or ())
        _refuse_equal_names(classes)
        self.user_classes = [cls for cls in classes if cls.weight != 0 or cls.fixed_count > 0]
        if classes and not self.user_classes:
            raise ValueError(_NOBODY)
        self.host = host
        self.events = Events() if events is None else events
        tags = getattr(parsed_options, "tags", None) if tags is None else tags
        self.tags = set(tags) if tags else None
        if exclude_tags is None:
            exclude_tags = getattr(parsed_options, "exclude_tags", None)
        self.exclude_tags = set(exclude_tags) if exclude_tags else None
        if stop_timeout is None:
            stop_timeout = getattr(parsed_options, "stop_timeout", None)
        self.stop_timeout = stop_timeout
        self.reset_stats = reset_stats
        self.catch_exceptions = catch_exceptions
        self.replace_users = replace_users
        self.iterations = None if iterations is None else Iterations(iterations)
        self.locustfile = locustfile
        self.parsed_options = parsed_options
        if shape_class is not None and not isinstance(shape_class, LoadTestShape):
            msg = (
                "shape_class should be instance of LoadTestShape or subclass LoadTestShape, but "
                f"got: {shape_class!r}"
            )
            raise ValueError(msg)
        self.shape_class: LoadTestShape | None = shape_class
        self.runner: BaseRunner | None = None
        self.web_ui: Any = None
        self.process_exit_code: int | None = None
        self.recorder = Recorder() if recorder is None else recorder
        self.events.request.bind(self.recorder)
        self.listener_exceptions: dict[int, ExceptionRow] = {}
        for hook in self.events.hooks().values():
            hook.on_failure = self._count_listener_exception
        self.stats = RequestStats(recorder=self.recorder)
        self._is_filtered = False
        # The tasks as they were before tags ruled some out.
        self._all_tasks: dict[type, list[Task]] = {}

    @property
    def user_classes_by_name(self) -> "Mapping[str, type[User]]":
        """The classes by their names."""
        return {cls.__name__: cls for cls in self.user_classes}

    @property
    def unverified_users(self) -> tuple[str, ...]:
        """The classes of users that used TLS without verifying certificates, sorted.

        Once any call has made a TLS handshake, everybody who does not verify is named: a script may
        call https by an absolute URL whatever its base URL is.
        """
        used_tls = bool(self.stats.snapshot().total.phase_mean_ms("tls"))
        told = self.events.request.unverified
        return tuple(sorted(name for name, is_https in told.items() if is_https or used_tls))

    def _count_listener_exception(self, error: BaseException) -> None:
        count_exception(self.listener_exceptions, "local", str(error), traceback_text(error))

    def create_local_runner(self) -> LocalRunner:
        """Make the runner of a run in this process.

        Raises:
            RunnerAlreadyExistsError: the environment has a runner already.
        """
        self._refuse_second_runner()
        runner = LocalRunner(self)
        self.runner = runner
        return runner

    def create_master_runner(
        self,
        master_bind_host: str = "127.0.0.1",
        master_bind_port: int = 5557,
        *,
        keys: "ClusterKeys | None" = None,
        **options: Any,
    ) -> "MasterRunner":
        """Make the runner of a run whose users live in other processes.

        Args:
            master_bind_host: where workers connect to; Locust's default, `*`, lets everybody in
                who has the join token, ours only this machine.
            master_bind_port: 0 = any free one.
            keys: what this master proves itself with; None = those of the user, which are made if
                there are none.
            options: see `MasterRunner`.

        Raises:
            RunnerAlreadyExistsError: the environment has a runner already.
            OSError: the port cannot be had, or the keys cannot be read or kept.
            ValueError: a wrong address, or damaged keys.
        """
        from locust_like._core import MasterLink, Placement
        from locust_like.runtime.join_token import keys_of_master, token_path
        from locust_like.runtime.master import MasterRunner

        self._refuse_second_runner()
        if keys is None:
            keys = keys_of_master(token_path(None, os.environ))
        host = "0.0.0.0" if master_bind_host == "*" else master_bind_host
        link = MasterLink(self.recorder, keys, host, master_bind_port, __version__)
        runner = MasterRunner(self, link, Placement, **options)
        self.runner = runner
        return runner

    def create_worker_runner(
        self,
        master_host: str,
        master_port: int,
        *,
        token: str | None = None,
        **options: Any,
    ) -> "WorkerRunner":
        """Make the runner of a process that runs users as a master says.

        Args:
            master_host: where the master listens.
            master_port: on which port.
            token: the join token; None = the one of the user, or what LOCUST_LIKE_JOIN_TOKEN says.
            options: see `WorkerRunner`.

        Raises:
            RunnerAlreadyExistsError: the environment has a runner already.
            OSError: the token cannot be read.
            ValueError: there is no token, it is damaged, or the address is wrong.
        """
        from locust_like._core import WorkerLink
        from locust_like.runtime.join_token import token_of_worker, token_path
        from locust_like.runtime.links import worker_name
        from locust_like.runtime.worker import WorkerRunner

        self._refuse_second_runner()
        if token is None:
            path = token_path(None, os.environ)
            token = token_of_worker(path, os.environ, is_named=False)
            if token is None:
                msg = f"there is no join token in {path}; start the master first"
                raise ValueError(msg)
        # There may be several in this process, and each is told apart by its name.
        name = f"{worker_name()}_{uuid4().hex}"
        link = WorkerLink(self.recorder, master_host, master_port, token, __version__, name=name)
        runner = WorkerRunner(self, link, name, **options)
        accept_updates(runner)
        self.runner = runner
        return runner

    def _refuse_second_runner(self) -> None:
        if self.runner is not None:
            msg = f"Environment.runner already exists ({self.runner})"
            raise RunnerAlreadyExistsError(msg)

    def create_web_ui(
        self, host: str = "127.0.0.1", port: int = 8089, *rest: Any, **options: Any
    ) -> "WebUI":
        """Make the web UI of this environment and let it listen.

        Args:
            host: address to listen on; "" or "*" = all, which Locust has by default.
            port: 0 = any free one; see `web_ui.server.server_port`.
            rest: Locust's further parameters in its order.
            options: see `web.library.make_web_ui`.

        Raises: OSError when the address cannot be had.
        """
        from locust_like.web.library import make_web_ui

        options.setdefault("take_health", engine_health)
        return make_web_ui(self, host, port, *rest, **options)

    def update_user_class(self, user_settings: Mapping[str, Any]) -> None:
        """Change attributes of a class, here and on all workers.

        Args:
            user_settings: `user_class_name`, and values by attribute; `tasks` has the names of the
                tasks that are kept.

        Raises:
            KeyError: there is no such class.
        """
        if self.runner is not None and self.runner.workers is not None:
            self.runner.send_message(UPDATE_USER_CLASS, dict(user_settings))
        known = {**self.user_classes_by_name, **(self.available_user_classes or {})}
        self._task_lists.update(known[user_settings["user_class_name"]], user_settings)

    def assign_equal_weights(self) -> None:
        """Give all classes, and all tasks of a class, the same weight; nested sets dissolve."""
        assign_equal_weights(self.user_classes)

    def update_worker_logs(self, worker_log_report: Mapping[str, Any]) -> None:
        """Keep the last lines of a worker's log in `worker_logs`.

        Args:
            worker_log_report: `worker_id` and `logs`.
        """
        if worker_log_report.get("worker_id"):
            self.worker_logs[worker_log_report["worker_id"]] = worker_log_report.get("logs", [])

    @property
    def filters_tasks(self) -> bool:
        """Whether tags choose among the tasks."""
        return self.tags is not None or self.exclude_tags is not None

    def choose_tasks(self, tags: Iterable[str], exclude_tags: Iterable[str]) -> None:
        """Let other tags choose among the tasks from the next run on; none at all keep all."""
        for cls, tasks in self._all_tasks.items():
            cls.tasks = tasks  # type: ignore[attr-defined]  # that they have tasks is why they are here
        self._is_filtered = False
        self.tags, self.exclude_tags = set(tags) or None, set(exclude_tags) or None

    def filter_tasks(self) -> None:
        """Drop the tasks that the tags rule out; does so once."""
        if self._is_filtered or not self.filters_tasks:
            return
        self._is_filtered = True
        for cls in self.user_classes:
            self._all_tasks = all_tasks(cls) | self._all_tasks
            filter_tasks_by_tags(cls, self.tags, self.exclude_tags)


def _refuse_equal_names(classes: "Sequence[type[User]]") -> None:
    first: dict[str, type[User]] = {}
    for cls in classes:
        other = first.setdefault(cls.__name__, cls)
        if other is not cls:
            msg = (
                "The following user classes have the same class name: "
                f"{other.fullname()}, {cls.fullname()}"
            )
            raise ValueError(msg)
