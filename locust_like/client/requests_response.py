"""The response of a call through the genuine `requests` library, with Locust's names added.

The library makes a `requests.Response`; its class is replaced in place, as Locust does, so that
whatever else holds it sees the same object.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import ref

import requests
from requests.exceptions import RequestException

from locust_like.client.html import parse_html
from locust_like.client.requests_stream import StreamedBody
from locust_like.client.response import RequestMeta, Response, judged_failure
from locust_like.errors import LocustError, ResponseError
from locust_like.interfaces import RequestHookLike

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_NEEDS_CATCHING = (
    "success() and failure() need catch_response=True: "
    "with self.client.get(url, catch_response=True) as response"
)
_NEEDS_BLOCK = (
    "Tried to set status on a request that has not yet been made. Make sure you use a with-block, "
    "like this:\n\nwith self.client.request(..., catch_response=True) as response:\n"
    "    response.success()"
)


class ForeignRow:
    """The row of a call that another adapter than the engine's answered: Python's times.

    It stands where the native response stands else, and is used in the same way.

    Args:
        request_event: counts the call, and tells the listeners.
        meta: what the event carries.
    """

    def __init__(self, request_event: RequestHookLike, meta: dict[str, Any]) -> None:
        self.meta = meta
        self.ok = True
        self.extra: dict[str, Any] = {}
        self._request_event = request_event
        self._verdict: object = None

    def success(self) -> None:
        """Count as success."""
        self._verdict = True

    def failure(self, exception: BaseException | str) -> None:
        """Count as failure."""
        self._verdict = exception

    def verdict(self) -> object:
        """Return None (not said), True (success) or what `failure()` was given."""
        return self._verdict

    def __enter__(self) -> "ForeignRow":
        return self

    def __exit__(self, kind: Any, value: Any, _traceback: object) -> bool:
        swallow = False
        if kind is not None and self._verdict is None:
            if not issubclass(kind, ResponseError):
                return False
            self._verdict, swallow = value, True
        self._request_event.fire(**{**self.meta, **self.extra["told"]})
        return swallow


class Reply(requests.Response):
    """What a call of a `RequestsSession` returns.

    Attributes:
        error: why no reply came, or why its body cannot be used; None for a reply.
        js: the document of a call made with `rest()`.

    In a `with` block of a call with `catch_response=True`, `success()` and `failure()` decide how
    the call is counted; the last of them wins.
    """

    error: RequestException | None = None
    js: Any = None
    _html: "LexborHTMLParser | None" = None
    _row: Any = None
    _catching = False
    _entered = False
    _add_up: Callable[[], None] | None = None

    def begin(
        self,
        row: Any,
        url: str,
        context: Mapping[str, Any],
        *,
        catching: bool,
        add_up: Callable[[], None],
    ) -> None:
        """Take the row of the call; judge it at once unless the script does.

        Args:
            row: the engine's last exchange, or a `ForeignRow`.
            url: of the first request.
            context: of the call.
            catching: the script judges.
            add_up: called when the last exchange has ended, before it is counted.
        """
        self._add_up = add_up
        self._row = row
        self._catching = catching
        if isinstance(row, Response):
            row.extra["request_meta"] = {"url": url}
            row.context = dict(context)
            if self.error is None and not row.streamed:
                self.elapsed = row.elapsed
        else:
            row.meta.update(url=url, context={**row.meta["context"], **context})
        if not catching:
            row.__enter__()
            if not self._is_under_way():
                self._judge(None, None, None)

    def _is_under_way(self) -> bool:
        """Tell whether a streamed body is still to be read; then its end is waited for."""
        if not isinstance(self.raw, StreamedBody) or self.raw.is_at_end:
            return False
        own = ref(self)  # the body must not keep the reply that has it

        def ended(error: Any) -> None:
            reply = own()
            if reply is not None:
                reply.error = error
                if not reply._catching:
                    reply._judge(None, None, None)

        self.raw.when_it_ends(ended)
        return True

    def close(self) -> None:
        """Drop what was not read of a streamed body, which ends the call."""
        super().close()
        if not self._catching and self._add_up is not None:
            self._judge(None, None, None)

    @property
    def html(self) -> "LexborHTMLParser":
        """The page as a tree; see `Response.html`."""
        if self._html is None:
            self._html = parse_html(self.text)
        return self._html

    @property
    def timings(self) -> dict[str, float]:
        """Where the time went, ms, over all exchanges; empty for an adapter of the script's."""
        return self._row.timings if isinstance(self._row, Response) else {}

    @property
    def http_version(self) -> str:
        """`"1.0"`, `"1.1"` or `"2"`; empty for an adapter of the script's."""
        return self._row.http_version if isinstance(self._row, Response) else ""

    @property
    def remote_address(self) -> str:
        """Who answered; empty for an adapter of the script's."""
        return self._row.remote_address if isinstance(self._row, Response) else ""

    @property
    def request_meta(self) -> Any:
        """What the request event will carry; a `with` block may change it."""
        return RequestMeta(self._row) if isinstance(self._row, Response) else self._row.meta

    def success(self) -> None:
        """Count as success. Only inside `with ... catch_response`."""
        self._check_may_judge()
        self._row.success()

    def failure(self, exception: BaseException | str) -> None:
        """Count as failure with this text. Only inside `with ... catch_response`."""
        self._check_may_judge()
        self._row.failure(exception)

    def raise_for_status(self) -> None:
        """Raise if the call failed; what the script said of it comes first.

        Raises:
            RequestException: no acceptable reply came.
            CatchResponseError: the script called `failure()`.
        """
        failure = self._outcome()
        if failure is not None:
            raise failure

    def __enter__(self) -> "Reply":
        if self._catching:
            self._entered = True
            self._row.__enter__()
        return self

    def __exit__(self, kind: Any = None, value: Any = None, traceback: Any = None) -> bool:  # type: ignore[override]  # a failure that the script raised ends here
        if not self._catching:
            self.close()
            return False
        self._entered = False
        return self._judge(kind, value, traceback)

    def _judge(self, kind: Any, value: Any, traceback: Any) -> bool:
        """Let the row be counted as the script says, else as the reply is."""
        row = self._row
        if isinstance(row, Response):
            row.close()
        if self._add_up is not None:
            self._add_up()
            self._add_up = None
        failure = self._outcome()
        if row.verdict() is None:
            if kind is not None:
                failure = value
            elif failure is not None and row.ok:
                row.failure(failure)  # of the library: redirects, decoding, another adapter
        row.extra["told"] = {"response": self, "exception": failure}
        if not isinstance(row, Response):
            row.extra["told"]["response_length"] = len(self.content or b"")
        try:
            return bool(row.__exit__(kind, value, traceback))
        finally:
            # The row is not seen by the collector of cycles.
            row.extra.pop("told", None)

    def _outcome(self) -> BaseException | None:
        verdict = None if self._row is None else self._row.verdict()
        if verdict is not None:
            return judged_failure(verdict)
        if self.error is not None:
            return self.error
        try:
            super().raise_for_status()
        except RequestException as error:
            return error
        return None

    def _check_may_judge(self) -> None:
        if not self._catching:
            raise LocustError(_NEEDS_CATCHING)
        if not self._entered:
            raise LocustError(_NEEDS_BLOCK)


def reply_of(response: requests.Response | None, error: RequestException | None) -> Reply:
    """Return a response of the library with our names, or one that stands for no reply.

    Args:
        response: what the library returned; its class is replaced in place.
        error: why it returned nothing.
    """
    if response is not None:
        response.__class__ = Reply
        assert isinstance(response, Reply)
        return response
    reply = Reply()
    reply.status_code = 0
    reply.error = error
    request: Any = getattr(error, "request", None)
    if request is not None:
        reply.request = request
        reply.url = request.url
    return reply
