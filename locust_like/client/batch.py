"""Several requests of one user at a time: `client.batch([...])`.

Each call is one of its own, with its row; over HTTP/2 they share a connection, over HTTP/1.1 they
take as many as `concurrency` allows, and what has to wait does so in its phase `blocked`.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gevent import Greenlet
from gevent.pool import Pool

from locust_like.client.response import Response

BatchCall = str | tuple[str, str] | tuple[str, str, Mapping[str, Any]]
"""A URL to GET, (method, URL), or (method, URL, keywords of `request()`)."""


class BatchCalls:
    """What a session has for calls at the same time; mixed into a class with `request()`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def request(self, method: str, url: str, **kwargs: Any) -> Response:
            """Send any method."""

    def batch(self, calls: Iterable[BatchCall], *, at_once: int | None = None) -> list[Response]:
        """Make several calls at the same time, as a browser does for a page.

        Args:
            calls: URLs, (method, URL), or (method, URL, keywords of `request()`).
            at_once: how many may be on their way together; None = all. Connections are limited
                apart from it, by `concurrency` of the user class.

        Returns:
            The responses in the order of the calls; one that failed raises nothing, as ever.

        Raises:
            Exception: what the first call raised that could not be sent at all; the others are
                finished before.

        Thread: waits in the greenlet that calls; when that is killed, so are all calls.

        Example:
            self.client.batch(["/", "/style.css", ("POST", "/seen", {"json": {"page": 1}})])
        """
        pool = Pool(at_once)
        try:
            running = [pool.spawn(self._outcome, *_parts(call)) for call in calls]
            pool.join()
        finally:
            pool.kill()
        return [_response_of(greenlet) for greenlet in running]

    def _outcome(self, method: str, url: str, keywords: Mapping[str, Any]) -> Response | Exception:
        """Return what a call raises, which gevent would print."""
        try:
            return self.request(method, url, **keywords)
        except Exception as error:  # noqa: BLE001  # raised again by batch()
            return error


def _parts(call: BatchCall) -> tuple[str, str, Mapping[str, Any]]:
    if isinstance(call, str):
        return "GET", call, {}
    method, url, *rest = call
    return method, url, rest[0] if rest else {}


def _response_of(greenlet: Greenlet) -> Response:
    outcome: Response | Exception = greenlet.value
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
