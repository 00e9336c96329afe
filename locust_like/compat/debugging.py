"""Locust's `run_single_user`, which reads the command line as a run does.

Source: Locust 2.47, debug.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import locust_like
from locust_like.compat.arguments import parse_options
from locust_like.runtime import single_user
from locust_like.runtime.environment import Environment

if TYPE_CHECKING:
    from locust_like.users.user import User

_env: Environment | None = None
"""What the users of this process run in, made on first use."""


def run_single_user(
    user_class: type[User],
    include_length: bool = False,
    include_time: bool = False,
    include_context: bool = False,
    include_payload: bool = False,
    *,
    loglevel: str | None = "WARNING",
) -> None:
    """Run one user of a class until it stops, with the options of `sys.argv`.

    A second call in the same process keeps the environment, and does not fire `init` again.

    Args:
        user_class: the class.
        include_length: see `locust_like.run_single_user`, as the others.
        include_time: see there.
        include_context: see there.
        include_payload: see there.
        loglevel: see there.

    Raises:
        StopTest: the class cannot be used, for example because it has no host.
        SystemExit: 2, for an argument that nobody knows.
    """
    global _env  # noqa: PLW0603 - one for all calls, as in Locust
    if _env is None:
        options = parse_options()
        options.locustfile = Path(sys._getframe(1).f_code.co_filename).name
        _env = Environment(
            events=locust_like.events,
            locustfile=options.locustfile,
            host=options.host,
            parsed_options=options,
        )
        _env.events.init.fire(environment=_env, runner=None, web_ui=None)
    single_user.run_single_user(
        user_class,
        include_length,
        include_time,
        include_context,
        include_payload,
        loglevel=loglevel,
        environment=_env,
    )
