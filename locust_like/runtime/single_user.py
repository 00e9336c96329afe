"""Runs one user in the calling thread, for a debugger.

Source: Locust's run_single_user. We differ in that one of its six parameters has to be named, and
in `events` and `environment`.
"""

import logging
import sys
from typing import TYPE_CHECKING

from locust_like.errors import StopTest
from locust_like.events import Events
from locust_like.runtime.environment import Environment

if TYPE_CHECKING:
    from locust_like.users.user import User


def run_single_user(
    user_class: "type[User]",
    include_length: bool = False,
    include_time: bool = False,
    include_context: bool = False,
    include_payload: bool = False,
    *,
    loglevel: str | None = "WARNING",
    events: Events | None = None,
    environment: Environment | None = None,
) -> None:
    """Run one user of a class until it stops, printing a line for each request.

    Args:
        user_class: the class; its `host` must be set.
        include_length: print the bytes of each reply.
        include_time: print the wall-clock time of each request, seconds.
        include_context: print the context of each request.
        include_payload: print the body that each request sent.
        loglevel: least level of log records on stderr, where the script has not set logging up;
            None = logging is left alone.
        events: hooks to use; None = those that locustfiles listen to.
        environment: what the user runs in; None makes one with `events`, and fires their `init`.

    Raises:
        StopTest: the class cannot be used, for example because it has no host.

    Thread: blocks the caller; the user runs in its greenlet.
    """
    from locust_like import events as default_events

    if loglevel is not None:
        logging.basicConfig(level=loglevel.upper())
    if environment is None:
        environment = Environment(events=default_events if events is None else events)
        environment.events.init.fire(environment=environment, runner=None, web_ui=None)
    environment.user_classes = [user_class]
    environment.filter_tasks()

    def print_request(
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int | None,
        exception: BaseException | None,
        **payload: object,
    ) -> None:
        columns = [request_type, name, "-" if response_time is None else f"{response_time:.2f} ms"]
        if include_length:
            columns.append(f"{response_length or 0} B")
        if include_time:
            columns.append(f"{payload.get('start_time')}")
        if include_context:
            columns.append(repr(payload.get("context") or {}))
        if include_payload:
            columns.append(repr(_sent_body(payload.get("response"))))
        if exception is not None:
            columns.append(repr(exception))
        sys.stdout.write("\t".join(columns) + "\n")

    environment.events.request.add_listener(print_request)
    environment.events.test_start.fire(environment=environment)
    try:
        _run(user_class, environment)
    finally:
        environment.events.request.remove_listener(print_request)


def _run(user_class: "type[User]", environment: Environment) -> None:
    user = user_class(environment)
    environment.single_user_instance = user
    try:
        user.run()
    except StopTest as signal:
        # A task ends the test, which is this user; there is nobody else to stop.
        logging.getLogger(__name__).info("StopTest: %s", signal)


def _sent_body(response: object) -> object:
    """Return what a request sent as its body; "" where there is none, as for other protocols."""
    return getattr(getattr(response, "request", None), "body", None) or ""
