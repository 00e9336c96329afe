"""Prints facts of Locust's library use, one a line; run under Locust and under ours, they agree."""

# A script of users prints.
# ruff: noqa: T201
# There is no locust for the type checker.
# mypy: disable-error-code="misc,untyped-decorator"

import logging
from collections.abc import Callable
from typing import Any

import gevent
from locust import User, constant, events, task
from locust.env import Environment
from locust.event import EventHook, Events
from locust.exception import InterruptTaskSet, RunnerAlreadyExistsError, StopUser
from locust.runners import STATE_INIT, STATE_RUNNING, STATE_STOPPED, LocalRunner
from locust.stats import RequestStats, StatsEntry, StatsError
from locust.util.rounding import proper_round

logging.disable()


def fact(name: str, value: object) -> None:
    print(f"{name}: {value!r}")


def raised(name: str, call: Callable[[], object]) -> None:
    try:
        fact(name, call())
    except Exception as error:  # noqa: BLE001 - what it is is the fact
        fact(name, f"{type(error).__name__}: {error}".partition(" object at ")[0])


class Visitor(User):
    wait_time = constant(0.01)
    weight = 2

    def on_start(self) -> None:
        self.environment.events.test.append(("on_start",))

    @task
    def look(self) -> None:
        fire = self.environment.events.request.fire
        fire(request_type="RPC", name="look", response_time=10, response_length=5)

    @task
    def fail(self) -> None:
        raise ValueError("no luck")

    def on_stop(self) -> None:
        self.environment.events.test.append(("on_stop",))


class Buyer(Visitor):
    fixed_count = 1


def statistics() -> None:
    stats = RequestStats()
    for time_ms in (10, 20, 30, 40):
        stats.log_request("GET", "/a", time_ms, 100)
    stats.log_request("GET", "/b", None, 0)
    entry = stats.get("/a", "GET")
    for name in (
        "num_requests", "num_failures", "num_none_requests", "min_response_time",
        "max_response_time", "avg_response_time", "total_response_time", "total_content_length",
        "avg_content_length", "fail_ratio", "name", "method",
    ):  # fmt: skip
        fact(f"entry.{name}", float(v) if isinstance(v := getattr(entry, name), int) else v)
        fact(f"total.{name}", float(v) if isinstance(v := getattr(stats.total, name), int) else v)
    fact("response_times", dict(entry.response_times))
    fact("b.min", stats.get("/b", "GET").min_response_time)
    fact("keys", sorted(stats.entries))
    fact("num_none", stats.num_none_requests)
    fact("seconds", sum(entry.num_reqs_per_sec.values()))
    fact("to_dict", sorted(entry.to_dict()))
    fact("serialize", sorted(set(entry.serialize()) - {"num_cancelled"}))
    fact("history", stats.history)
    stats.reset_all()
    fact("after reset", (stats.num_requests, stats.last_request_timestamp, dict(stats.errors)))
    raised("percentile of nothing", StatsEntry(stats, "/c", "GET").percentile)
    error = StatsError("GET", "/a", ValueError("x"))
    error.occurred()
    fact("error", (error.occurrences, error.first_seen == error.last_seen, error.to_name()))
    fact("error.to_dict", sorted(error.to_dict()))
    fact("rounded", [proper_round(value) for value in (0.5, 1.5, 2.4)])


def environments() -> None:
    env = Environment(user_classes=[Visitor, Buyer], host="http://x", stop_timeout=2)
    fact("names", sorted(env.user_classes_by_name))
    fact("attributes", (env.host, env.stop_timeout, env.reset_stats, env.catch_exceptions))
    fact("none", (env.runner, env.web_ui, env.process_exit_code, env.parsed_options, env.tags))
    fact("kept", (env.profile, env.parsed_locustfiles, env.available_user_classes))
    fact("worker_logs", env.worker_logs)
    raised("no class", lambda: Environment(user_classes=[type("Never", (User,), {"weight": 0})]))
    twin = type("Visitor", (User,), {"__module__": "elsewhere"})
    raised("twins", lambda: Environment(user_classes=[Visitor, twin]))
    runner = env.create_local_runner()
    fact("runner", (isinstance(runner, LocalRunner), env.runner is runner, runner.state))
    fact("state", runner.state == STATE_INIT)
    fact("of workers", (runner.worker_index, runner.worker_count, len(runner.client_id) > 33))
    fact("usage", (runner.current_cpu_usage, runner.current_memory_usage, runner.shape_last_tick))
    for error in (RunnerAlreadyExistsError,):
        try:
            env.create_local_runner()
        except error:
            fact("second runner", error.__name__)
    runner.quit()
    env = Environment(user_classes=[Visitor])
    env.available_user_classes = {"Visitor": Visitor}
    env.available_user_tasks = {"Visitor": list(Visitor.tasks)}
    env.update_user_class({"user_class_name": "Visitor", "weight": 7, "tasks": ["look"]})
    fact("updated", (Visitor.weight, [one.__name__ for one in Visitor.tasks]))
    env.update_user_class({"user_class_name": "Visitor", "weight": 2, "tasks": ["look", "fail"]})
    fact("json", sorted(Visitor.json()))


def hooks() -> None:
    hook = EventHook()
    calls: list[object] = []

    @hook.add_listener
    def first(**kwargs: object) -> None:
        calls.append(("first", kwargs))

    hook.add_listener(lambda **kwargs: calls.append("second"))
    hook.fire(a=1)
    hook.fire(reverse=True, a=2)
    fact("calls", calls)
    hook.remove_listener(first)
    calls.clear()
    hook.fire(a=3)
    fact("calls without first", calls)
    hook.add_listener(lambda **_: 1 / 0)
    hook.add_listener(lambda **_: calls.append("after"))
    hook.fire()
    fact("a failing listener", calls)

    def stop(**_: object) -> None:
        raise StopUser

    hook.add_listener(stop)
    raised("a steering listener", hook.fire)
    fact("interrupt", InterruptTaskSet().reschedule)
    fact("hooks", sorted(name for name in vars(Events()) if not name.startswith("_")))
    measured: list[dict[str, Any]] = []
    events.request.add_listener(lambda **kwargs: measured.append(kwargs))
    with events.request.measure("RPC", "call", context={"a": 1}) as meta:
        meta["response_length"] = int("boom")
    payload = measured[0]
    fact("measured", sorted(set(payload) - {"start_time", "response_time", "response", "url"}))
    fact("measured values", (payload["name"], repr(payload["exception"]), payload["context"]))


def run() -> None:
    own: Any = Events()
    own.test = []
    env = Environment(user_classes=[Visitor, Buyer], events=own)
    for name in ("test_start", "test_stopping", "test_stop", "spawning_complete"):
        hook = getattr(own, name)
        hook.add_listener(lambda name=name, **kw: own.test.append((name, sorted(kw))))
    own.user_error.add_listener(lambda **kw: own.test.append(("user_error", sorted(kw))))
    runner = env.create_local_runner()

    def on_hello(environment: Environment, msg: Any, **_: object) -> None:
        own.test.append((msg.type, msg.data, environment is env))

    runner.register_message("hello", on_hello)
    try:
        runner.register_message("hello", on_hello)
    except Exception as error:  # noqa: BLE001 - its class is ours
        fact("second listener", str(error))
    runner.send_message("hello", {"a": 1})
    runner.start(4, spawn_rate=100)
    runner.spawning_greenlet.join()
    fact("target", runner.target_user_count)
    fact("running", (runner.state == STATE_RUNNING, runner.user_count))
    fact("classes", (dict(runner.user_classes_count), dict(runner.target_user_classes_count)))
    while not runner.exceptions or not env.stats.num_requests:
        gevent.sleep(0.01)
    (row,) = runner.exceptions.values()
    fact("exception", (row["msg"], row["nodes"], row["count"] > 0, "fail" in row["traceback"]))
    fact("greenlets", len(runner.user_greenlets))
    runner.start(2, spawn_rate=100)
    runner.spawning_greenlet.join()
    fact("fewer", dict(runner.user_classes_count))
    runner.stop()
    fact("stopped", (runner.state == STATE_STOPPED, runner.user_count))
    fact("again", runner.stop())
    runner.quit()
    runner.greenlet.join()
    fact("stats", (list(env.stats.entries), runner.stats is env.stats, dict(runner.errors)))
    errors = [one for one in own.test if one[0] == "user_error"]
    fact("order", [one for one in own.test if one[0].startswith(("test", "hello"))])
    fact("others", sorted(one for one in own.test if not one[0].startswith(("test", "user"))))
    fact("error keywords", errors[0])


for chapter in (statistics, environments, hooks, run):
    chapter()
