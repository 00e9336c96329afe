"""The blocking HTTP session that a user's tasks call.

The verbs live in the native base class; a plain call enters Python only when the script does. What
is here is everything that needs no speed: settings, the keywords of requests, and telling listeners
of the request event.

Source: Locust's HttpSession and FastHttpSession.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

from locust_like._core import Profile, Recorder, Session
from locust_like._core import Response as CoreResponse
from locust_like.client.arguments import authorization_of, native_keywords
from locust_like.client.headers import SessionHeaders
from locust_like.client.response import Response, event_payload
from locust_like.client.settings import (
    Certificate,
    HeaderItems,
    SessionOptions,
    SessionSettings,
    shared_settings,
    split_credentials,
)
from locust_like.interfaces import RequestHookLike, UserLike


class HttpSession(Session):
    """A session: connections kept alive, base URL, default headers.

    Args:
        base_url: relative URLs are joined to it; credentials in it become Basic authentication.
        request_event: the event that finished calls go to. Its recorder counts them; an event
            without one gets a recorder of its own, so a session works without an environment.
        user: whose `context()` goes into each request event.
        options: see `SessionOptions`; defaults are those of `SessionSettings`.

    Thread: a call waits in its greenlet while others run; from another thread it blocks that thread
    with the GIL released.

    Example:
        with self.client.get("/", catch_response=True) as response:
            if response.text != "ready":
                response.failure("not ready")
    """

    if TYPE_CHECKING:
        # The native verbs return `response_class`; only type checkers have to be told so.

        def get(self, url: str, **kwargs: Any) -> Response:
            """GET a URL."""

        def options(self, url: str, **kwargs: Any) -> Response:
            """Send OPTIONS."""

        def post(self, url: str, data: Any = None, json: Any = None, **kwargs: Any) -> Response:
            """POST a body."""

        def put(self, url: str, data: Any = None, **kwargs: Any) -> Response:
            """PUT a body."""

        def patch(self, url: str, data: Any = None, **kwargs: Any) -> Response:
            """PATCH with a body."""

        def delete(self, url: str, **kwargs: Any) -> Response:
            """DELETE a URL."""

        def request(self, method: str, url: str, **kwargs: Any) -> Response:
            """Send any method."""

    response_class: ClassVar[type[CoreResponse]] = Response
    full_url_name: ClassVar[bool] = False
    _headers: SessionHeaders | None = None
    _auth: Any = None

    def __init__(
        self,
        base_url: str,
        request_event: RequestHookLike,
        user: UserLike | None = None,
        **options: Unpack[SessionOptions],
    ) -> None:
        if request_event.recorder is None:
            request_event.bind(Recorder())
        self.request_event = request_event
        named: dict[str, Any] = dict(options)
        headers: Mapping[str, str] = named.pop("default_headers", None) or {}
        self._settings: SessionSettings = shared_settings(
            base_url, tuple(headers.items()), full_url_name=self.full_url_name, **named
        )
        super().__init__(self._profile_of(self._settings), user)
        self._tell_unverified(self._settings)

    @property
    def base_url(self) -> str:
        """What relative URLs are joined to, without credentials."""
        return self._settings.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        plain, authorization = split_credentials(url)
        self._change(base_url=plain, authorization=authorization or self._settings.authorization)

    @property
    def headers(self) -> MutableMapping[str, str]:
        """Headers that each request carries; a change takes effect at the next call."""
        if self._headers is None:
            self._headers = SessionHeaders(self._settings.headers, self._set_headers)
        return self._headers

    @headers.setter
    def headers(self, headers: Mapping[str, str]) -> None:
        self._headers = None
        self._set_headers(tuple(headers.items()))

    @property
    def auth(self) -> tuple[str, str] | None:
        """(user, password) for Basic authentication, or None."""
        return self._auth  # type: ignore[no-any-return]  # checked where it is set

    @auth.setter
    def auth(self, auth: tuple[str, str] | None) -> None:
        self._change(authorization=None if auth is None else authorization_of(auth))
        self._auth = auth

    @property
    def verify(self) -> bool | str:
        """Whether certificates are verified, or the CA file they are verified against."""
        return self._settings.verify

    @verify.setter
    def verify(self, verify: bool | str) -> None:
        self._change(verify=verify)

    @property
    def cert(self) -> Certificate:
        """Client certificate: a PEM file, or (certificate, key)."""
        return self._settings.cert

    @cert.setter
    def cert(self, cert: Certificate) -> None:
        self._change(cert=cert)

    @property
    def max_redirects(self) -> int:
        """How many redirects one call follows, at most."""
        return self._settings.max_redirects

    @max_redirects.setter
    def max_redirects(self, count: int) -> None:
        self._change(max_redirects=count)

    def head(self, url: str, **kwargs: Any) -> Response:
        """HEAD a URL; redirects are followed only when asked for, as in requests."""
        kwargs.setdefault("allow_redirects", False)
        return self.request("HEAD", url, **kwargs)

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

    def _set_headers(self, items: HeaderItems) -> None:
        self._change(headers=items)

    def _change(self, **fields: Any) -> None:
        self._settings = replace(self._settings, **fields)
        self.profile = self._profile_of(self._settings)
        self._tell_unverified(self._settings)

    def _profile_of(self, settings: SessionSettings) -> Profile:
        recorder: Recorder = self.request_event.recorder
        return recorder.profile(
            settings.base_url, settings.profile_headers, **settings.profile_options
        )

    def _tell_unverified(self, settings: SessionSettings) -> None:
        """Remember for the reports who does not check certificates."""
        if settings.verify is False:
            who = type(self if self.user is None else self.user).__name__
            told = self.request_event.unverified
            told[who] = told.get(who, False) or settings.base_url.lower().startswith("https:")

    def _prepare(self, _method: str, url: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the base class: the native keywords that stand for those of a call."""
        passed = dict(kwargs)
        own = {key: passed.pop(key) for key in ("verify", "cert") if key in passed}
        native = native_keywords(url, passed)
        if own:
            settings = replace(self._settings, **own)
            native["profile"] = self._profile_of(settings)
            self._tell_unverified(settings)
        return native

    def _report(self, response: CoreResponse) -> None:
        """Answer the base class: tell the listeners of a call whose outcome is known."""
        if isinstance(response, Response):
            self.request_event.notify(**event_payload(response))


class FastHttpSession(HttpSession):
    """The session of FastHttpUser: requests are named by the URL as the script wrote it."""

    full_url_name: ClassVar[bool] = True
