"""What happens when the script's own preparations go wrong."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from locust_like.runtime.environment import Environment


@contextmanager
def intact_listeners(environment: Environment) -> Iterator[None]:
    """Refuse to go on when listeners of `init` raise, since they prepare what the users need.

    Raises: ValueError with one sentence; the log has the traceback already.

    Source: exceptions of these are fatal in Locust, those of all others are not.
    """
    before = environment.events.listener_failures
    yield
    if environment.events.listener_failures > before:
        raise ValueError("nothing is run, because a listener of init has raised (see above).")
