"""The blocking HTTP session that a user's tasks call.

The verbs live in the native base class; a plain call enters Python only when the script does. What
is here is everything that needs no speed: settings, the keywords of requests, and telling listeners
of the request event.

Source: Locust's HttpSession and FastHttpSession.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

from locust_like._core import Profile, Recorder, Session, masked_text
from locust_like._core import Response as CoreResponse
from locust_like.client.arguments import json_body, merged_params, native_keywords
from locust_like.client.authentication import (
    Auth,
    OutgoingRequest,
    authenticate,
    authorization_of,
    digest_of,
    headers_before,
    is_per_call,
    netrc_auth,
)
from locust_like.client.batch import BatchCalls
from locust_like.client.cookies import Cookies, CookieSource, SessionCookies
from locust_like.client.forms import FormCalls
from locust_like.client.headers import SessionHeaders
from locust_like.client.hooks import hooks_of, run_hooks
from locust_like.client.locust_options import in_our_words
from locust_like.client.overriding import OverridableRequest
from locust_like.client.proxies import ProxyItems, SessionProxies, proxy_items
from locust_like.client.requests_names import RequestsNames
from locust_like.client.response import Response, event_payload
from locust_like.client.rest import RestCalls
from locust_like.client.settings import (
    Certificate,
    HeaderItems,
    SessionOptions,
    SessionSettings,
    shared_settings,
    split_credentials,
)
from locust_like.errors import RequestError
from locust_like.interfaces import RequestHookLike, UserLike


class HttpSession(RestCalls, BatchCalls, FormCalls, RequestsNames, OverridableRequest, Session):
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
    _json_body = staticmethod(json_body)
    _headers: SessionHeaders | None = None
    _auth: Auth = None
    _params: Any = None
    _hooks: dict[str, Any] | None = None
    _proxies: SessionProxies | None = None

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
        named.pop("pool_manager", None)  # Locust's; connections are the engine's
        headers: Mapping[str, str] = named.pop("default_headers", None) or {}
        named["proxies"] = proxy_items(named.get("proxies"))
        sources = named.get("source_address", ())
        named["source_address"] = sources if isinstance(sources, str) else tuple(sources)
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
    def cookies(self) -> Cookies:
        """The cookies of this user: what servers have set, and what the script adds."""
        return SessionCookies(self)

    @cookies.setter
    def cookies(self, cookies: CookieSource) -> None:
        added = Cookies(cookies)
        self.remove_cookies(None, None, None)
        self.cookies.update(added)

    @property
    def auth(self) -> Auth:
        """(user, password) for Basic authentication, DigestAuth, a callable, or None."""
        return self._auth

    @auth.setter
    def auth(self, auth: Auth) -> None:
        in_headers = auth is not None and not is_per_call(auth)
        self._change(authorization=authorization_of(auth) if in_headers else None)
        self._auth = auth
        if auth is not None and not in_headers:
            self.prepares_always = 1

    @property
    def params(self) -> Any:
        """Query parameters of each call: a dict to change, or whatever `params=` takes."""
        self.prepares_always = 1
        if self._params is None:
            self._params = {}
        return self._params

    @params.setter
    def params(self, params: Any) -> None:
        self.prepares_always = 1
        self._params = params

    @property
    def hooks(self) -> dict[str, Any]:
        """`{"response": [callables]}`: called with each response before the call is counted.

        What a hook returns, unless it is None, goes to the next hook and to the caller in place of
        the response; a RequestError that it raises fails the call.
        """
        self.prepares_always = 1
        if self._hooks is None:
            self._hooks = {"response": []}
        return self._hooks

    @hooks.setter
    def hooks(self, hooks: dict[str, Any]) -> None:
        hooks_of(hooks)
        self.prepares_always = 1
        self._hooks = hooks

    @property
    def trust_env(self) -> bool:
        """Whether ~/.netrc and the environment's proxies count; False, as in Locust."""
        return self._settings.trust_env

    @trust_env.setter
    def trust_env(self, trust: bool) -> None:
        self._change(trust_env=trust)
        if trust:
            self.prepares_always = 1

    @property
    def proxies(self) -> MutableMapping[str, str]:
        """Through whom servers are reached; see `client/proxies.py`."""
        if self._proxies is None:
            self._proxies = SessionProxies(self._settings.proxies, self._set_proxies)
        return self._proxies

    @proxies.setter
    def proxies(self, proxies: Mapping[str, str | None]) -> None:
        self._set_proxies(proxy_items(proxies))
        self._proxies = None

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

    def _set_proxies(self, items: ProxyItems) -> None:
        self._change(proxies=items)

    def _change(self, **fields: Any) -> None:
        settings = replace(self._settings, **fields)
        self.profile = self._profile_of(settings)
        self._settings = settings
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

    def _prepare(self, method: str, url: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the base class: the native keywords that stand for those of a call."""
        passed = dict(kwargs)
        if self._params:
            passed["params"] = merged_params(self._params, passed.get("params"))
        if self._hooks and not hooks_of(passed.get("hooks")):
            passed["hooks"] = self._hooks
        own: dict[str, Any] = {key: passed.pop(key) for key in ("verify", "cert") if key in passed}
        proxies = passed.pop("proxies", None)
        if proxies:
            own["proxies"] = proxy_items({**dict(self._settings.proxies), **proxies})
        auth = self._auth_of_call(url, passed.pop("auth", None))
        if not is_per_call(auth):
            passed["auth"] = auth
        native = native_keywords(url, passed)
        if self.full_url_name and "url" in native:  # without the parameters
            native["name"] = native.get("name") or self.request_name or masked_text(url)
        digest = digest_of(auth)
        if digest is not None:
            native["digest"] = digest
        elif callable(auth):
            self._authenticate(native, method, native.get("url", url), auth)
        if own:
            settings = replace(self._settings, **own)
            native["profile"] = self._profile_of(settings)
            self._tell_unverified(settings)
        return native

    def _auth_of_call(self, url: str, auth: Auth) -> Auth:
        """Return what a call authenticates with beyond the session's headers."""
        if auth is None and is_per_call(self._auth):
            return self._auth
        if auth is None and self.trust_env and self._settings.authorization is None:
            return netrc_auth(self._absolute(url))
        return auth

    def _authenticate(
        self, native: dict[str, Any], method: str, url: str, auth: Callable[[Any], Any]
    ) -> None:
        headers = headers_before(self._settings.profile_headers, native.get("fields", []))
        request = OutgoingRequest(method, self._absolute(url), headers, native.get("body"))
        authenticate(native, request, auth)

    def _absolute(self, url: str) -> str:
        before, mark, _ = url.partition("://")
        if mark and not any(sign in before for sign in "/?#"):
            return url
        return self._settings.base_url.rstrip("/") + url

    def _run_hooks(
        self, response: Response, hooks: list[Callable[[Any], object]]
    ) -> tuple[RequestError | None, object]:
        """Answer the base class: the verdict of the response hooks, and what the caller gets."""
        return run_hooks(response, hooks)

    def _report(self, response: CoreResponse) -> None:
        """Answer the base class: tell the listeners of a call whose outcome is known."""
        if isinstance(response, Response):
            self.request_event.notify(**event_payload(response))


class FastHttpSession(HttpSession):
    """The session of FastHttpUser: requests are named by the URL as passed, without `params`."""

    full_url_name: ClassVar[bool] = True

    def __init__(
        self,
        base_url: str | None,
        request_event: RequestHookLike,
        user: UserLike | None = None,
        insecure: bool = True,
        *unused_pool_and_context: object,
        **options: Any,
    ) -> None:
        """Make a session by hand, with Locust's parameters or with ours.

        Args:
            base_url: None = calls have absolute URLs.
            request_event: see `HttpSession`.
            user: see `HttpSession`.
            insecure: certificates are not verified, unless `verify` is given.
            unused_pool_and_context: Locust's `client_pool` and `ssl_context_factory`; connections
                and TLS are the engine's.
            options: see `SessionOptions`, or by Locust's names `connection_timeout`,
                `network_timeout`, `concurrency`, `headers`, `proxy_host`, `proxy_port` and
                `max_redirects`; its other ones have no effect.
        """
        del unused_pool_and_context
        ours: Any = {"verify": not insecure, **in_our_words(options)}
        super().__init__(base_url or "", request_event, user, **ours)

    @property
    def cookiejar(self) -> Cookies:
        """The cookies of this user under the name that Locust's FastHttpSession has for them."""
        return self.cookies

    def iter_lines(self, url: str, method: str = "GET", **kwargs: Any) -> Iterator[str]:
        """Send a request and give the lines of its body as they come.

        Raises:
            RequestError: the call failed.
        """
        with self.request(method, url, **{"stream": True, **kwargs}) as response:
            response.raise_for_status()
            yield from response.iter_lines(decode_unicode=True)
