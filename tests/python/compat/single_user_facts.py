"""Prints what a user under `run_single_user` meets; Locust and ours agree."""

# A script of users prints.
# ruff: noqa: T201
# There is no locust for the type checker.
# mypy: disable-error-code="misc,untyped-decorator"

import sys

from locust import User, constant, events, run_single_user, task
from locust.exception import StopUser

sys.argv[1:] = ["-H", "http://127.0.0.1:1", "--level", "7"]


@events.init_command_line_parser.add_listener
def add_level(parser):  # type: ignore[no-untyped-def]
    parser.add_argument("--level", type=int)


@events.init.add_listener
def on_init(environment, runner, web_ui, **_):  # type: ignore[no-untyped-def]
    print("init", runner, web_ui, environment.locustfile)


@events.test_start.add_listener
def on_start(environment, **_):  # type: ignore[no-untyped-def]
    print("test_start", [cls.__name__ for cls in environment.user_classes])


class Visitor(User):
    wait_time = constant(0)

    def on_start(self) -> None:
        print("on_start", self.host)

    @task
    def told(self) -> None:
        options = self.environment.parsed_options
        print("task", options.host, options.level, options.locustfile)
        print("it", self.environment.single_user_instance is self)
        raise StopUser

    def on_stop(self) -> None:
        print("on_stop")


class Second(Visitor):
    pass


run_single_user(Visitor)
run_single_user(Second, loglevel="ERROR")
