"""The response as scripts see it: Locust's and requests' attributes on the native object.

The class has no state of its own. What a script sets besides the native attributes lives in
`extra`, which is made on first use.
"""

import io
import json
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit, urlunsplit

from locust_like._core import Response as CoreResponse
from locust_like.client.bodies import charset_of, lines_of, links_of, probable_charset
from locust_like.client.body_stream import (
    BodyFile,
    lines_of_pieces,
    pieces_of,
    regrouped,
    text_of_pieces,
)
from locust_like.client.cookies import Cookie, Cookies
from locust_like.client.failures import call_error, json_error, status_error
from locust_like.client.headers import Headers
from locust_like.client.html import parse_html
from locust_like.errors import CatchResponseError, HTTPError, RequestError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_FIRST_CLIENT_ERROR = 400
_FIRST_SERVER_ERROR = 500
_PIECE_BYTES = 128
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class SentRequest:
    """The request that a response answers: after redirects that of the last exchange.

    Attributes:
        method: HTTP method.
        url: where it went.
        headers: as sent.
        body: as sent, or None.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | None

    @property
    def path_url(self) -> str:
        """Path and query of the URL."""
        parts = urlsplit(self.url)
        return urlunsplit(("", "", parts.path or "/", parts.query, ""))


class Hop(NamedTuple):
    """One redirect that the call followed.

    Attributes:
        status_code: of the reply that redirected.
        url: that gave it.
        reason: of its status line.
        headers: of that reply.
    """

    status_code: int
    url: str
    reason: str
    headers: Headers

    @property
    def ok(self) -> bool:
        """True: a redirect is no failure."""
        return True

    @property
    def is_redirect(self) -> bool:
        """True: the call went on from here."""
        return True

    @property
    def is_permanent_redirect(self) -> bool:
        """Whether it says so for good: 301 or 308."""
        return self.status_code in _PERMANENT_REDIRECTS

    def raise_for_status(self) -> None:
        """Do nothing: a redirect is no failure."""


class Response(CoreResponse):
    """The reply to a call, or what is known of a call that got none.

    Native attributes, made when they are read: status_code (0 when no reply came), ok, content
    (bytes, None when no reply came), reason, url, elapsed, failure_code, failure_message.

    In a `with` block of a call with `catch_response=True`, `success()` and `failure()` decide how
    the call is counted; the last of them wins.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_content(_PIECE_BYTES)

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"

    @property
    def encoding(self) -> str | None:
        """The charset that `text` is decoded with; None when the reply names none: UTF-8, too."""
        chosen: str | None = self.extra.get("encoding")
        return chosen or charset_of(self.get_header("content-type"))

    @encoding.setter
    def encoding(self, charset: str | None) -> None:
        self.extra["encoding"] = charset

    @property
    def text(self) -> str:
        """The body as text; what does not fit the charset is replaced, nothing is raised."""
        content = self.content or b""
        try:
            return content.decode(self.encoding or "utf-8", errors="replace")
        except (LookupError, ValueError):
            return content.decode("utf-8", errors="replace")

    def json(self, **kwargs: Any) -> Any:
        """Parse the body as JSON.

        Args:
            kwargs: handed to `json.loads`.

        Raises:
            json.JSONDecodeError: the body is no JSON.
        """
        content = self.content or b""
        try:
            return json.loads(content, **kwargs)
        except UnicodeDecodeError:
            return json.loads(self.text, **kwargs)
        except json.JSONDecodeError as error:
            raise json_error(error) from None

    @property
    def html(self) -> "LexborHTMLParser":
        """The page as a tree, parsed when first read: `response.html.css_first("h1").text()`.

        Raises:
            MissingLibraryError: the extra `html` is not installed.

        Source: https://selectolax.readthedocs.io/en/latest/lexbor.html
        """
        found: LexborHTMLParser | None = self.extra.get("html")
        if found is None:
            found = self.extra["html"] = parse_html(self.text)
        return found

    @property
    def js(self) -> Any:
        """The document of a call made with `rest()`; None where there is none."""
        return self.extra.get("js")

    @js.setter
    def js(self, document: Any) -> None:
        self.extra["js"] = document

    @property
    def apparent_encoding(self) -> str:
        """The charset that the body seems to have, whatever the headers say."""
        return probable_charset(self.content or b"")

    def iter_content(
        self, chunk_size: int | None = 1, decode_unicode: bool = False
    ) -> Iterator[Any]:
        """Give the body in pieces, of a streamed call as they come.

        A call that fails in its body ends the iteration; `error` says why.

        Args:
            chunk_size: bytes, or characters of text; None: one piece, streamed: what has come.
            decode_unicode: text instead of bytes.
        """
        if self.streamed:
            yield from self._streamed_content(chunk_size, decode_unicode)
            return
        whole = self.text if decode_unicode else self.content or b""
        size = chunk_size or max(len(whole), 1)
        for start in range(0, len(whole), size):
            yield whole[start : start + size]

    def iter_lines(
        self,
        chunk_size: int = 512,
        decode_unicode: bool = False,
        delimiter: Any = None,
    ) -> Iterator[Any]:
        """Give the lines of the body without their ends, of a streamed call as they come.

        Args:
            chunk_size: without effect.
            decode_unicode: text instead of bytes.
            delimiter: what ends a line; None: any line end.
        """
        if self.streamed:
            return lines_of_pieces(self._streamed_content(None, decode_unicode), delimiter)
        return lines_of(self.text if decode_unicode else self.content or b"", delimiter)

    @property
    def cookies(self) -> Cookies:
        """What this reply set, redirects before it left out; the user's are `client.cookies`."""
        return Cookies(Cookie(*cookie) for cookie in self.cookie_list())

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """The Link header by relation (or URL): `response.links["next"]["url"]`."""
        return links_of(self.headers.get("link", ""))

    @property
    def raw(self) -> IO[bytes]:
        """The body as a file to read from, decoded."""
        if self.streamed:
            return cast("IO[bytes]", BodyFile(self))
        file: IO[bytes] = self.extra.setdefault("raw", io.BytesIO(self.content or b""))
        return file

    stream = raw  # as Locust's FastResponse has it

    def _streamed_content(self, chunk_size: int | None, decode_unicode: bool) -> Iterator[Any]:
        pieces: Iterator[Any] = pieces_of(self)
        if decode_unicode:
            pieces = text_of_pieces(pieces, self.encoding or "utf-8")
        return regrouped(pieces, chunk_size) if chunk_size else pieces

    @property
    def headers(self) -> Headers:
        """The reply's headers, case-insensitive; lines with one name are joined by ", "."""
        return Headers(self.header_list())

    @property
    def request(self) -> SentRequest:
        """The request that was sent."""
        headers = Headers(self.request_header_list())
        return SentRequest(self.request_method, self.url, headers, self.request_body)

    @property
    def timings(self) -> dict[str, float]:
        """Where the time went, ms: blocked, dns, connect, tls, send, wait, receive."""
        return self.timings_ms()

    @property
    def history(self) -> list[Hop]:
        """The redirects that the call followed, oldest first."""
        return [
            Hop(status, url, reason, Headers(fields))
            for status, url, reason, fields in self.history_list()
        ]

    @property
    def is_redirect(self) -> bool:
        """Whether the reply is a redirect that was not followed."""
        return self.status_code in _REDIRECTS and self.get_header("location") is not None

    @property
    def is_permanent_redirect(self) -> bool:
        """Whether it is one that says for good: 301 or 308."""
        return self.is_redirect and self.status_code in _PERMANENT_REDIRECTS

    @property
    def error(self) -> RequestError | None:
        """Why the call failed, or None; whatever the script said of it."""
        if self.failure_code in ("", "status"):
            return self._status_error(self.name)
        return call_error(self.failure_code, self.failure_message, self)

    @property
    def request_meta(self) -> "RequestMeta":
        """What the request event will carry; a `with` block may change it."""
        return RequestMeta(self)

    def raise_for_status(self) -> None:
        """Raise if the call failed; what the script said of it comes first.

        Raises:
            HTTPError: the status counts as a failure.
            RequestError: no acceptable reply came.
            CatchResponseError: the script called `failure()`.
        """
        verdict = self.verdict()
        if verdict is not None:
            failure = judged_failure(verdict)
            if failure is not None:
                raise failure
            return
        error = self._status_error(self.url) or self.error
        if error is not None:
            raise error

    def _status_error(self, place: str) -> HTTPError | None:
        status = self.status_code
        if status < _FIRST_CLIENT_ERROR:
            return None
        side = "Client" if status < _FIRST_SERVER_ERROR else "Server"
        return status_error(f"{status} {side} Error: {self.reason} for url: {place}", self)


_COUNTED = {"name": "name", "request_type": "method", "response_time": "response_time_ms"}


class RequestMeta(MutableMapping[str, Any]):
    """The coming request event of a response, as a mapping.

    Writing `name`, `request_type`, `response_time`, `response_length`, `context` or `exception`
    changes how the call is counted; any other key is handed to the listeners besides.

    Source: Locust's `request_meta` dict.
    """

    __slots__ = ("_response",)

    def __init__(self, response: Response) -> None:
        self._response = response

    def _values(self) -> dict[str, Any]:
        response = self._response
        user = response.session.user
        return {
            "request_type": response.method,
            "name": response.name,
            "response_time": response.response_time_ms,
            "response_length": len(response.content or b"") or response.content_bytes,
            "response": response,
            "context": {**(user.context() if user is not None else {}), **response.context},
            "exception": outcome_of(response),
            "start_time": response.start_time_s,
            "url": response.request_url,
            **response.extra.get("request_meta", {}),
        }

    def __getitem__(self, key: str) -> Any:
        return self._response.context if key == "context" else self._values()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        response = self._response
        if key in _COUNTED:
            setattr(response, _COUNTED[key], value)
        elif key == "context":
            response.context = value
            # What is set is final; what a call is given goes on top of the user's.
            response.extra.setdefault("request_meta", {})[key] = value
        elif key == "exception":
            if value is None:
                response.success()
            else:
                response.failure(value)
        else:
            if key == "response_length":
                response.content_bytes = value
            response.extra.setdefault("request_meta", {})[key] = value

    def __delitem__(self, key: str) -> None:
        del self._response.extra.setdefault("request_meta", {})[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())


def event_payload(response: Response) -> dict[str, Any]:
    """Return the keywords of the request event for a call whose outcome is known."""
    return RequestMeta(response)._values()


def outcome_of(response: Response) -> BaseException | None:
    """Return the exception that a call is counted with, None for a success."""
    verdict = response.verdict()
    return response.error if verdict is None else judged_failure(verdict)


def judged_failure(verdict: object) -> BaseException | None:
    """Return the exception of what a script said, None if it said success.

    Args:
        verdict: True, or what was given to `failure()`.
    """
    if verdict is True:
        return None
    return verdict if isinstance(verdict, BaseException) else CatchResponseError(verdict)
