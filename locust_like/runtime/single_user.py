"""Runs one user in the calling thread, for a debugger.

Source: Locust's run_single_user.
"""

import sys
from typing import TYPE_CHECKING

from locust_like.events import Events
from locust_like.runtime.environment import Environment

if TYPE_CHECKING:
    from locust_like.users.user import User


def run_single_user(
    user_class: "type[User]",
    *,
    include_length: bool = False,
    include_time: bool = False,
    events: Events | None = None,
) -> None:
    """Run one user of a class until it stops, printing a line for each request.

    Args:
        user_class: the class; its `host` must be set.
        include_length: print the bytes of each reply.
        include_time: print the wall-clock time of each request, seconds.
        events: hooks to use; None = those that locustfiles listen to.

    Thread: blocks the caller; the user runs in its greenlet.
    """
    from locust_like import events as default_events

    environment = Environment(
        user_classes=[user_class], events=default_events if events is None else events
    )

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
        if exception is not None:
            columns.append(repr(exception))
        sys.stdout.write("\t".join(columns) + "\n")

    environment.events.request.add_listener(print_request)
    environment.events.init.fire(environment=environment, runner=None, web_ui=None)
    environment.events.test_start.fire(environment=environment)
    try:
        user_class(environment).run()
    finally:
        environment.events.request.remove_listener(print_request)
