"""The genuine `requests.Session` as the client of a user.

For scripts and SDKs that need the library itself: its classes, adapters and plug-ins. A call costs
what the library costs, some 25 times the CPU of one of `HttpSession`; connections, times
and statistics are the engine's all the same.

Source: Locust's HttpSession, which is such a session, too: a call that fails raises nothing and
gives a response with status 0; `send()`, which Locust does not count, is counted here and raises.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, RequestException

from locust_like.client.batch import BatchCalls
from locust_like.client.forms import FormCalls
from locust_like.client.requests_adapter import Call, EngineAdapter, current_call
from locust_like.client.requests_response import ForeignRow, Reply, reply_of
from locust_like.client.rest import RestCalls
from locust_like.client.settings import SessionOptions, split_credentials
from locust_like.interfaces import RequestHookLike, UserLike

_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_NO_URL = (MissingSchema, InvalidSchema, InvalidURL)


class RequestsSession(RestCalls, BatchCalls, FormCalls, requests.Session):
    """A `requests.Session` whose requests go through the engine.

    Besides what the library has: `name`, `catch_response` and `context` of a call, its
    `total_timeout` and `discard_body`, `request_name`, `rename_request()` and `rest()`.

    Args:
        base_url: relative URLs are joined to it; credentials in it become Basic authentication.
        request_event: as in `HttpSession`.
        user: as in `HttpSession`.
        options: as in `HttpSession`.

    Attributes:
        base_url: without credentials.
        adapter: what sends; mount it on other sessions that are to be counted.
        request_name: name of the calls that give none; None = path and query of the URL.

    Thread: as `HttpSession`.
    """

    if TYPE_CHECKING:
        # The library's verbs hand their keywords to request().

        def get(self, url: str | bytes, **kwargs: Any) -> Reply:
            """GET a URL."""

        def options(self, url: str | bytes, **kwargs: Any) -> Reply:
            """Send OPTIONS."""

        def head(self, url: str | bytes, **kwargs: Any) -> Reply:
            """Send HEAD."""

        def post(
            self, url: str | bytes, data: Any = None, json: Any = None, **kwargs: Any
        ) -> Reply:
            """POST a body."""

        def put(self, url: str | bytes, data: Any = None, **kwargs: Any) -> Reply:
            """PUT a body."""

        def patch(self, url: str | bytes, data: Any = None, **kwargs: Any) -> Reply:
            """PATCH with a body."""

        def delete(self, url: str | bytes, **kwargs: Any) -> Reply:
            """DELETE a URL."""

    def __init__(
        self,
        base_url: str,
        request_event: RequestHookLike,
        user: UserLike | None = None,
        **options: Unpack[SessionOptions],
    ) -> None:
        super().__init__()
        self.request_event = request_event
        self.request_name: str | None = None
        self.trust_env = False  # as in Locust
        plain_url, authorization = split_credentials(base_url)
        self.base_url = plain_url
        if authorization is not None:
            self.headers["Authorization"] = authorization
        self._set_options(options)
        self.adapter = EngineAdapter(request_event, user, plain_url, **options)
        self.mount("https://", self.adapter)
        self.mount("http://", self.adapter)

    @property
    def user(self) -> UserLike | None:
        """Whose `context()` goes into each request event."""
        return self.adapter.native.user  # type: ignore[no-any-return]  # the core takes any object

    @user.setter
    def user(self, user: UserLike | None) -> None:
        self.adapter.native.user = user

    def _set_options(self, options: SessionOptions) -> None:
        """Take what is the library's to do out of the options."""
        self.headers.update(options.pop("default_headers", None) or {})
        self.max_redirects = options.pop("max_redirects", self.max_redirects)
        self.proxies.update({k: v for k, v in (options.pop("proxies", None) or {}).items() if v})
        self._total_timeout_s = options.pop("total_timeout_s", None)
        self.verify = options.get("verify", True)
        self.cert = options.get("cert")

    def request(  # type: ignore[override]  # one response class, and our keywords besides
        self,
        method: str | bytes,
        url: str | bytes,
        *args: Any,
        name: str | None = None,
        catch_response: bool = False,
        context: Mapping[str, Any] | None = None,
        total_timeout: float | None = None,
        discard_body: bool | None = None,
        **kwargs: Any,
    ) -> Reply:
        """Send a request and wait for the reply, redirects included: one row.

        Args:
            method: HTTP method.
            url: absolute, or joined to `base_url`.
            args: as in the library.
            name: request name; None = `request_name`, else path and query of the URL.
            catch_response: the script judges the call in a `with` block.
            context: goes into the request event.
            total_timeout: seconds for the whole call; None = as the user class says.
            discard_body: count the bodies of replies without keeping them.
            kwargs: as in the library.

        Returns:
            The response; one of status 0 with the exception in `error` when no reply came.

        Raises:
            RequestException: the request cannot be sent; nothing was.
        """
        call = Call(
            name or self.request_name,
            self._total_timeout_s if total_timeout is None else total_timeout,
            discard_body,
        )
        error: RequestException | None = None
        response: requests.Response | None = None
        try:
            with _running(call):
                # Not super(): for type checkers, request() of the mixed-in classes is first.
                response = requests.Session.request(
                    self, method, self._absolute(url), *args, **kwargs
                )
        except RequestException as caught:
            if not _is_sent(call, caught):
                raise
            error = caught
        reply = reply_of(response, error)
        reply.begin(
            self._row(call), call.url, context or {}, catching=catch_response, add_up=call.add_up
        )
        return reply

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a prepared request; outside of `request()`, that is a row of its own.

        Raises:
            RequestException: as in the library.
        """
        call = current_call.get()
        if call is not None:
            call.sends += 1
            if call.sends == 1:
                call.method, call.url = request.method or "", request.url or ""
            return super().send(request, **kwargs)
        call = Call(self.request_name, self._total_timeout_s)
        try:
            with _running(call):
                response = self.send(request, **kwargs)
        except RequestException as error:
            if _is_sent(call, error):
                failed = reply_of(None, error)
                failed.begin(self._row(call), call.url, {}, catching=False, add_up=call.add_up)
            raise
        reply = reply_of(response, None)
        reply.begin(self._row(call), call.url, {}, catching=False, add_up=call.add_up)
        return reply

    @contextmanager
    def rename_request(self, name: str) -> Iterator[None]:
        """Group the calls of a block under one name.

        Args:
            name: used for calls that give no `name` themselves.
        """
        before, self.request_name = self.request_name, name
        try:
            yield
        finally:
            self.request_name = before

    def _absolute(self, url: str | bytes) -> str:
        text = url.decode() if isinstance(url, bytes) else str(url)
        if _HAS_SCHEME.match(text):
            return text
        return self.base_url.rstrip("/") + text

    def _row(self, call: Call) -> Any:
        """Return what counts the call: the engine's last exchange, or what Python has timed."""
        if call.row is not None:
            return call.row
        # An adapter that the script has mounted answered, or failed.
        elapsed_s = time.monotonic() - call.started_s
        parts = urlsplit(call.url)
        return ForeignRow(
            self.request_event,
            {
                "request_type": call.method,
                "name": call.name or urlunsplit(("", "", parts.path or "/", parts.query, "")),
                "response_time": elapsed_s * 1000,
                "start_time": time.time() - elapsed_s,
                "context": {**(self.user.context() if self.user is not None else {})},
            },
        )


@contextmanager
def _running(call: Call) -> Iterator[None]:
    token = current_call.set(call)
    try:
        yield
    finally:
        current_call.reset(token)


def _is_sent(call: Call, error: RequestException) -> bool:
    """Tell whether the call is to be counted; a URL that leads nowhere was not sent."""
    if call.row is not None:
        return True
    return call.sends > 0 and not isinstance(error, _NO_URL)
