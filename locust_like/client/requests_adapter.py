"""The engine below the genuine `requests` library: a transport adapter.

A `requests.Session` prepares requests, keeps cookies, follows redirects, answers challenges and
decodes bodies; the adapter hands each request to a native session and builds the library's own
response from what came. One call of a script may so be several exchanges: while a `Call` runs, each
takes over the one before (`_core.Response.absorb`), and what is left at the end is one row with the
times of all. A session of somebody else, on which the adapter is mounted, has no such call: there
each exchange is a row.

Rejected: `HTTPAdapter` over sockets of our own (times would be Python's), and a row per hop
(Locust's is one per call).
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.message import Message
from io import BytesIO
from time import monotonic
from typing import Any, Unpack

from requests import PreparedRequest
from requests import Response as RequestsResponse
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL
from requests.utils import select_proxy
from urllib3 import HTTPHeaderDict, HTTPResponse, Timeout

from locust_like._core import Response as CoreResponse
from locust_like.client.arguments import body_of, header_text
from locust_like.client.failures import call_error
from locust_like.client.requests_stream import StreamedBody
from locust_like.client.response import Response, event_payload
from locust_like.client.session import HttpSession
from locust_like.client.settings import SessionOptions
from locust_like.client.uploads import Upload
from locust_like.interfaces import RequestHookLike, UserLike

_PARAMETERS = ("stream", "timeout", "verify", "cert", "proxies")
_FRAMED_BY_THE_CORE = frozenset({"content-length", "transfer-encoding"})
_VERSIONS = {"1.0": 10, "1.1": 11, "2": 20}
_LEAST_LIMIT_S = 0.001


@dataclass(slots=True)
class Call:
    """One call of a script while it runs.

    Attributes:
        name: of its row; None = path and query of the first URL.
        total_timeout_s: limit of all its exchanges together.
        discard_body: the bodies of its replies are counted, not kept; None = as the session says.
        method: of the first request.
        url: of the first request.
        sends: how many requests the library has begun to send.
        row: the last exchange, which has taken over those before; None = none came to the engine.
    """

    name: str | None = None
    total_timeout_s: float | None = None
    discard_body: bool | None = None
    method: str = ""
    url: str = ""
    sends: int = 0
    row: Response | None = None
    started_s: float = field(default_factory=monotonic)
    _earlier: Response | None = None

    def take(self, exchange: Response) -> None:
        """Make an exchange the last one."""
        self._earlier = self.row
        self.row = exchange
        if not exchange.streamed:
            self.add_up()

    def add_up(self) -> None:
        """Let the last exchange, which has ended, take over those before."""
        if self.row is not None and self._earlier is not None:
            self.row.absorb(self._earlier)
        self._earlier = None

    def keywords(self) -> dict[str, Any]:
        """Return the native keywords of its next exchange."""
        keywords: dict[str, Any] = {"name": self.name}
        if self.discard_body is not None:
            keywords["discard_body"] = self.discard_body
        if self.total_timeout_s is not None:
            left_s = self.total_timeout_s - (monotonic() - self.started_s)
            keywords["total_timeout"] = max(left_s, _LEAST_LIMIT_S)
        return keywords


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)
"""The call that this greenlet or thread is in."""


class NativeSession(HttpSession):
    """Sends what an adapter says, and nothing of its own: no headers, no cookies, no redirects."""

    def __init__(
        self,
        base_url: str,
        request_event: RequestHookLike,
        user: UserLike | None,
        **options: Unpack[SessionOptions],
    ) -> None:
        options["keeps_cookies"] = False
        super().__init__(base_url, request_event, user, **options)
        self.headers = {}

    def _report(self, response: CoreResponse) -> None:
        """Tell the listeners; `response` and `exception` are what the script got."""
        if isinstance(response, Response):
            told = {**event_payload(response), **response.extra.get("told", {})}
            self.request_event.notify(**told)


class EngineAdapter(HTTPAdapter):
    """Lets a `requests.Session` send through the engine.

    Args:
        request_event: where its rows and events go, see `HttpSession`.
        user: whose `context()` goes into each request event.
        base_url: of the session, for the reports; requests have whole URLs.
        options: see `SessionOptions`; `verify`, `cert` and proxies of a request come from the
            session that it is mounted on.

    Raises: `send` raises what the library's own adapter raises: exceptions of `requests`, which are
        also ours (`client/failures.py`).

    Thread: as `HttpSession`.

    Example:
        session.mount("https://", self.client.adapter)  # a session that an SDK has made
    """

    def __init__(
        self,
        request_event: RequestHookLike,
        user: UserLike | None = None,
        base_url: str = "",
        **options: Unpack[SessionOptions],
    ) -> None:
        super().__init__()
        self.native = NativeSession(base_url, request_event, user, **options)

    def init_poolmanager(self, *_args: object, **_keywords: object) -> None:
        """Make no pool: connections are the engine's."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> RequestsResponse:
        """Send one request and wait for the reply; redirects are the library's.

        Args:
            request: with a URL of http or https.
            args: values of stream, timeout, verify, cert, proxies, as the library's adapter has
                them.
            kwargs: the same by name. A `timeout` of None means the options of the session.
        """
        given = {**dict(zip(_PARAMETERS, args, strict=False)), **kwargs}
        options = self._options(request.url or "", given)
        call = current_call.get()
        if given.get("stream") and not (call is not None and call.discard_body):
            options["stream"] = True
        if call is not None:
            exchange = self._exchange(request, {**call.keywords(), **options})
            call.take(exchange)
            return self._response(request, exchange)
        exchange = self._exchange(request, options)
        if not exchange.streamed:
            _count(exchange)
        response = self._response(request, exchange)
        if isinstance(response.raw, StreamedBody):
            response.raw.when_it_ends(lambda _failure: _count(exchange))
            response.raw.when_it_is_left(lambda: _count(exchange))
        return response

    def close(self) -> None:
        """Close the connections once running calls have ended."""
        self.native.close()

    def _options(self, url: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the native keywords for what is not as the native session has it."""
        options: dict[str, Any] = {}
        proxy = select_proxy(url, given.get("proxies"))
        if proxy:
            options["proxies"] = {"all": proxy if "://" in proxy else f"http://{proxy}"}
        if given.get("timeout") is not None:
            options["timeout"] = _limits(given["timeout"])
        verify = given.get("verify")
        verify = True if verify is None else verify
        if verify != self.native.verify:
            options["verify"] = verify
        cert = given.get("cert")
        if cert is not None and cert != self.native.cert:
            options["cert"] = cert
        return options

    def _exchange(self, request: PreparedRequest, keywords: dict[str, Any]) -> Response:
        body = _body(request)
        if body is not None:
            keywords["body"] = body
        fields = [
            (header_text(name), header_text(value)) for name, value in request.headers.items()
        ]
        try:
            return self.native.request(
                request.method or "GET",
                request.url or "",
                fields=[pair for pair in fields if pair[0].lower() not in _FRAMED_BY_THE_CORE],
                allow_redirects=False,
                catch_response=True,
                **keywords,
            )
        except ValueError as error:
            if isinstance(body, Upload) and body.raised is error:
                raise
            raise InvalidURL(error, request=request) from error

    def _response(self, request: PreparedRequest, exchange: Response) -> RequestsResponse:
        """Return the library's response, or raise the library's exception."""
        if exchange.failure_code not in ("", "status"):
            error: Any = call_error(exchange.failure_code, exchange.failure_message, None)
            error.request = request
            raise error
        return self.build_response(request, _raw(request, exchange))


def _count(exchange: Response) -> None:
    """Make an exchange a row of its own, judged by how it ended."""
    with exchange:
        pass


def _raw(request: PreparedRequest, exchange: Response) -> HTTPResponse:
    """Return the reply as urllib3 has it, so that urllib3 decodes it."""
    fields = HTTPHeaderDict()
    for name, value in exchange.header_list():
        fields.add(name, value)
    options: dict[str, Any] = {
        "status": exchange.status_code,
        "version": _VERSIONS[exchange.http_version],
        "reason": exchange.reason,
        "preload_content": False,
        "decode_content": False,
        "enforce_content_length": False,  # the core has; a body that is discarded has none
        "request_method": request.method,
        "original_response": _Head(fields) if "set-cookie" in fields else None,
    }
    if exchange.streamed:
        return StreamedBody(exchange, fields, **options)
    return HTTPResponse(body=BytesIO(exchange.wire_content), headers=fields, **options)


class _Head:
    """What requests and urllib3 ask of http.client's response: the header, for the cookies."""

    def __init__(self, fields: HTTPHeaderDict) -> None:
        self.msg = Message()
        for value in fields.getlist("set-cookie"):
            self.msg.add_header("Set-Cookie", value)

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        pass


def _body(request: PreparedRequest) -> bytes | Upload | None:
    """Return the body; requests says with Content-Length: 0 that it sends an empty one."""
    body: Any = request.body
    if hasattr(body, "read") or body:
        return body_of(body, None)[0]
    return None if body is None and "Content-Length" not in request.headers else b""


def _limits(timeout: Any) -> Any:
    if not isinstance(timeout, Timeout):
        return tuple(timeout) if isinstance(timeout, list) else timeout
    both = (timeout.connect_timeout, timeout.read_timeout)
    return tuple(limit if isinstance(limit, int | float) else None for limit in both)
