"""`--http-debug`: every request and reply in the log, with where its time went.

It listens to the request event, so it sees what the script's own listeners see, in whatever
process the users run. For one user or a few: each request costs Python time, and its lines.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from locust_like import events
from locust_like._core import Response
from locust_like.outputs.captures import exchange_lines, waterfall
from locust_like.outputs.numbers import milliseconds, one_line
from locust_like.stats.masking import masked

if TYPE_CHECKING:
    from locust_like.plan.sources import Settings

MANY_USERS = 10
_logger = logging.getLogger("locust_like.http")


def watch_requests(settings: Settings) -> None:
    """Print the requests of this process from now on, if the options say so."""
    mode = settings.text("http_debug")
    if mode is None:
        return
    users = settings.number("num_users")
    if users > MANY_USERS:
        _logger.warning(
            "--http-debug prints every request of %d users, which slows them; -u 1 is enough to "
            "see what a script sends",
            users,
        )
    events.request.add_listener(RequestLog(full=mode == "FULL").request)


class RequestLog:
    """Logs each call as it was sent and answered.

    Args:
        full: the beginnings of bodies, too.
    """

    def __init__(self, *, full: bool) -> None:
        """Log nothing yet."""
        self._full = full

    def request(
        self,
        *,
        request_type: str,
        name: str,
        response_time: float | None = None,
        exception: BaseException | str | None = None,
        response: Any = None,
        **_payload: object,
    ) -> None:
        """Log one call; listens to the request event."""
        time = "" if response_time is None else f", {milliseconds(response_time)} ms"
        end = f"failed: {str(exception) or repr(exception)}" if exception else "ok"
        lines = [masked(one_line(f"{request_type} {name}: {end}{time}"))]
        if isinstance(response, Response):
            capture = response.capture()
            lines += exchange_lines(capture, full=self._full)
            lines += waterfall(capture.phases_ms, "#")
        _logger.info("%s", "\n  ".join(lines))
