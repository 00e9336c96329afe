"""Users of OpenAI's interface, and of servers that speak it, on the package `openai`.

The calls go through openai's own HTTP client over gevent's sockets, not through our engine: they
are few and take seconds, and what has to be measured is inside the reply. `response_length` is the
number of tokens that the server made. A streamed reply is two rows: `TTFT`, the time to its first
piece, and the call itself when its last piece has come.

Source: Locust 2.47, contrib/oai.py, for names and parameters. There a reply that is streamed fails,
a server that cannot be reached is not counted, and `usage.completion_tokens` is not read.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from locust_like.contrib import extra
from locust_like.errors import HTTPError
from locust_like.interfaces import EnvironmentLike, RequestHookLike
from locust_like.users.user import User

with extra("openai"):
    from openai import DefaultHttpxClient, OpenAI

_FAILED = 400
_TOKEN_KEYS = ("output_tokens", "completion_tokens")


class _Call:
    """One call on its way: what its rows will say.

    Args:
        request_event: what to report to.
        method: of the request.
        name: of the rows.
        url: for listeners.
    """

    def __init__(self, request_event: RequestHookLike, method: str, name: str, url: str) -> None:
        self._request_event = request_event
        self._method = method
        self._name = name
        self._url = url
        self._start_time = time.time()
        self._started_s = time.perf_counter()
        self._is_reported = False

    def report_first(self) -> None:
        """Report the time until now as that to the first piece of the reply."""
        self._fire("TTFT", 0, None, None)

    def report(self, response: Any, tokens: int, exception: BaseException | None = None) -> None:
        """Report the call, once."""
        if not self._is_reported:
            self._is_reported = True
            self._fire(self._method, tokens, response, exception)

    def _fire(
        self, request_type: str, tokens: int, response: Any, exception: BaseException | None
    ) -> None:
        self._request_event.fire(
            request_type=request_type,
            name=self._name,
            response_time=(time.perf_counter() - self._started_s) * 1000,
            response_length=tokens,
            response=response,
            context={},
            exception=exception,
            start_time=self._start_time,
            url=self._url,
        )


class _ReportingHttp(DefaultHttpxClient):
    """The HTTP client that the package openai would make itself, which reports each exchange."""

    def __init__(self, request_event: RequestHookLike) -> None:
        super().__init__()
        self._request_event = request_event
        self.request_name: str | None = None

    def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        """Send a request; the package openai calls it for every attempt."""
        name = self.request_name or request.url.path
        call = _Call(self._request_event, request.method, name, str(request.url))
        try:
            response = super().send(request, stream=stream, **options)
        except Exception as error:
            call.report(None, 0, error)
            raise
        if response.status_code >= _FAILED:
            text = f"HTTP {response.status_code} {response.reason_phrase}".strip()
            call.report(response, 0, HTTPError(text))
        elif stream:
            _report_at_its_end(call, response)
        else:
            call.report(response, _tokens_of(response.content))
        return response


def _report_at_its_end(call: _Call, response: Any) -> None:
    """Let a streamed response report its call when it is read, broken off or closed."""
    read, close = response.iter_bytes, response.close
    tokens = 0

    def iter_bytes(*args: Any, **options: Any) -> Iterator[bytes]:
        nonlocal tokens
        line = b""
        is_first = True
        try:
            for piece in read(*args, **options):
                if is_first:
                    call.report_first()
                    is_first = False
                *lines, line = (line + piece).split(b"\n")
                tokens = max([tokens, *map(_tokens_of_event, lines)])
                yield piece
        except Exception as error:
            call.report(response, tokens, error)
            raise
        call.report(response, tokens)

    def closed() -> None:
        # A script that has read enough closes the stream; it is no failure of the server.
        close()
        call.report(response, tokens)

    response.iter_bytes, response.close = iter_bytes, closed


def _tokens_of_event(line: bytes) -> int:
    """Return the tokens that a line of an event stream tells of; 0 for most."""
    data = line.removeprefix(b"data:")
    return _tokens_of(data) if b'"usage"' in data and data is not line else 0


def _tokens_of(document: bytes) -> int:
    """Return how many tokens a reply says that it has; 0 when it does not say."""
    with suppress(ValueError, AttributeError):
        reply = json.loads(document)
        usage = reply.get("usage") or reply.get("response", {}).get("usage") or {}
        return max((int(usage.get(key) or 0) for key in _TOKEN_KEYS), default=0)
    return 0


class OpenAIClient(OpenAI):
    """The client of the package openai, with its calls reported.

    Args:
        request_event: what to report to.
        user: whose client it is.
        args: of `openai.OpenAI`.
        kwargs: likewise; without `api_key` and `base_url` the variables OPENAI_API_KEY and
            OPENAI_BASE_URL count.
    """

    def __init__(
        self, request_event: RequestHookLike, user: User | None, *args: Any, **kwargs: Any
    ) -> None:
        """Connect to nothing yet."""
        self.user = user
        self._reporting = _ReportingHttp(request_event)
        super().__init__(*args, http_client=self._reporting, **kwargs)

    @property
    def request_name(self) -> str | None:
        """The name of the rows; None = the path of the URL."""
        return self._reporting.request_name

    @request_name.setter
    def request_name(self, name: str | None) -> None:
        self._reporting.request_name = name

    @contextmanager
    def rename_request(self, name: str) -> Iterator[None]:
        """Report the calls of a block under one name."""
        self.request_name = name
        try:
            yield
        finally:
            self.request_name = None


class OpenAIUser(User):
    """A user of OpenAI's interface; where its server is, OPENAI_BASE_URL says.

    `host` and `--host` are not used, so that a run can have users of a web server besides.
    """

    abstract: ClassVar[bool] = True
    client: OpenAIClient

    def __init__(self, environment: EnvironmentLike) -> None:
        """Make the client."""
        super().__init__(environment)
        self.client = OpenAIClient(environment.events.request, self)

    def on_stop(self) -> None:
        """Close the client's connections."""
        self.client.close()
