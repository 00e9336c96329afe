"""Users with an HTTP client.

All kinds run on the same engine. `HttpUser` and `FastHttpUser` differ in their defaults, as in
Locust: the one verifies certificates and names requests by their path, the other does not verify
unless told and names them as the script wrote the URL. `RequestsUser` has the genuine `requests`
library above the engine; `--http-client requests` gives it to every `HttpUser`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar

from locust_like.client.proxies import proxy_of_host
from locust_like.client.response import Response
from locust_like.client.rest import fresh_url
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.client.settings import Certificate, HttpVersion, SessionOptions, TlsVersion
from locust_like.errors import StopTest
from locust_like.interfaces import EnvironmentLike
from locust_like.users.user import User

if TYPE_CHECKING:
    from locust_like.client.requests_session import RequestsSession

HOST_IS_REQUIRED = (
    "You must specify the base host. Either in the host attribute in the User class, or on the "
    "command line using the --host option."
)
CONNECTION_MODES = ("no_connection_reuse", "no_vu_connection_reuse")
"""What is on among these options holds for every HTTP user, whatever its class says."""
REQUESTS_IS_MISSING = (
    "RequestsUser and --http-client requests need the requests library, which is not installed "
    'here: pip install "locust_like[requests]"'
)

SHARED_AND_NEW = (
    "shared_connections and no_vu_connection_reuse contradict each other: connections that users "
    "share are kept when one of them starts a task."
)


class HttpUser(User):
    """A user whose `client` is an `HttpSession`.

    Attributes:
        client: the session; it keeps connections alive and sends the user's headers.
        concurrency: most connections of one user to one server.
        shared_connections: all users of the class share so many connections to a server in place
            of each having its own; 0 = none is shared.
        keepalive_expiry: seconds after which an idle connection is not used again; None = never.
        source_address: addresses of this machine that connections start from, in turn, as
            "10.0.0.5, 10.0.0.6" or "10.0.0.0/28"; none = as `--source-address` says.
        no_connection_reuse: each request, and each hop of a redirect, has a connection of its own.
        retry_stale: a request that a kept connection lost is sent again, where no reply had begun
            and the method is idempotent.
        no_vu_connection_reuse: each task starts without connections; within it they are reused.
        connection_timeout: seconds for name look-up, TCP and TLS; None = no limit.
        network_timeout: seconds between two pieces of a reply; None = no limit.
        total_timeout: seconds for a whole call, redirects included; None = no limit.
        max_redirects: hops of one call, at most.
        http_version: "1.1", "2" (over TLS or a failed call) or "h2c" (also without TLS, by prior
            knowledge); None = HTTP/2 where TLS agrees on it, else HTTP/1.1.
        discard_body: count the bodies of replies without keeping them; `content` is then empty.
        tls_verify: check certificates against the default trust, or against this CA file; or not.
        tls_cert: client certificate, a PEM file or (certificate, key).
        tls_min_version: "1.2" (None) or "1.3".
        tls_max_version: likewise; None = the newest.
        tls_ciphers: OpenSSL's list; names with TLS_ in front are suites of TLS 1.3.
        tls_server_name: what servers are asked for (SNI) and must have a certificate of; None =
            the host of the URL.
        tls_resumption: a user makes short handshakes with servers that it had a connection to.
        default_headers: sent with each request, besides the client's own.

    Raises:
        StopTest: there is no host, neither on the class nor from the command line.
    """

    abstract: ClassVar[bool] = True
    client: HttpSession
    concurrency: int = 10
    shared_connections: int = 0
    keepalive_expiry: float | None = 118.0
    source_address: str | Sequence[str] = ()
    no_connection_reuse: bool = False
    no_vu_connection_reuse: bool = False
    retry_stale: bool = True
    connection_timeout: float | None = None
    network_timeout: float | None = None
    total_timeout: float | None = None
    max_redirects: int = 30
    http_version: HttpVersion = None
    discard_body: bool = False
    tls_verify: bool | str = True
    tls_cert: Certificate = None
    tls_min_version: TlsVersion = None
    tls_max_version: TlsVersion = None
    tls_ciphers: str | None = None
    tls_server_name: str | None = None
    tls_resumption: bool = False
    default_headers: Mapping[str, str] | None = None

    def __init__(self, environment: EnvironmentLike) -> None:
        super().__init__(environment)
        if not self.host:
            raise StopTest(HOST_IS_REQUIRED)
        for mode in CONNECTION_MODES:
            if getattr(environment.parsed_options, mode, None) is True:
                setattr(self, mode, True)
        if self.shared_connections and self.no_vu_connection_reuse:
            raise StopTest(SHARED_AND_NEW)
        self.client = self._make_client(self.host)
        if self.no_vu_connection_reuse:
            self._before_task = self.client.close

    def rest(
        self, method: str, url: str, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> AbstractContextManager[Response]:
        """Call a JSON interface; see `HttpSession.rest`. Override it to add what all calls need."""
        return self.client.rest(method, url, headers, **kwargs)

    def rest_(
        self, method: str, url: str, name: str | None = None, **kwargs: Any
    ) -> AbstractContextManager[Response]:
        """Call a JSON interface past all caches; see `HttpSession.rest_`."""
        fresh, usual_name = fresh_url(url)
        return self.rest(method, fresh, name=name or usual_name, **kwargs)

    def _make_client(self, host: str) -> HttpSession:
        make: Any = HttpSession
        if getattr(self.environment.parsed_options, "http_client", None) == "requests":
            make = requests_session()
        client: HttpSession = make(
            host, self.environment.events.request, self, **self._session_options()
        )
        return client

    def _session_options(self) -> SessionOptions:
        return SessionOptions(
            connect_timeout_s=self.connection_timeout,
            read_timeout_s=self.network_timeout,
            total_timeout_s=self.total_timeout,
            max_redirects=self.max_redirects,
            max_connections=self.shared_connections or self.concurrency,
            shared_pool=type(self).fullname() if self.shared_connections else "",
            keepalive_expiry_s=self.keepalive_expiry,
            reuse_connections=not self.no_connection_reuse,
            retry_stale=self.retry_stale,
            source_address=self.source_address,
            http_version=self.http_version,
            discard_body=self.discard_body,
            default_headers=self.default_headers,
            verify=self.tls_verify,
            cert=self.tls_cert,
            tls_min_version=self.tls_min_version,
            tls_max_version=self.tls_max_version,
            tls_ciphers=self.tls_ciphers,
            tls_server_name=self.tls_server_name,
            tls_resumption=self.tls_resumption,
        )

    def release(self) -> None:
        """Cut the cycle between the user and its client."""
        super().release()
        self._before_task = None
        self.client.user = None


class FastHttpUser(HttpUser):
    """A user with the defaults and options of Locust's FastHttpUser.

    Attributes:
        insecure: True = certificates are not verified, whatever `tls_verify` says.
        proxy_host: reach every server through this HTTP proxy; None = directly.
        proxy_port: its port; None = 80.
        max_retries: 0; calls are sent again only where HTTP allows it, which needs no option.
    """

    abstract: ClassVar[bool] = True
    client: FastHttpSession
    connection_timeout: float | None = 60.0
    network_timeout: float | None = 60.0
    insecure: bool = True
    proxy_host: str | None = None
    proxy_port: int | None = None
    max_retries: int = 0

    def _make_client(self, host: str) -> HttpSession:
        options: Any = self._session_options()
        if self.insecure:
            options["verify"] = False
        if self.proxy_host:
            options["proxies"] = proxy_of_host(self.proxy_host, self.proxy_port)
        return FastHttpSession(host, self.environment.events.request, self, **options)


class RequestsUser(HttpUser):
    """A user whose `client` is a genuine `requests.Session`, with the engine as its transport.

    For SDKs, adapters and authentication plug-ins that need the library itself. Its options are
    those of `HttpUser`. Needs the extra `requests`: `pip install "locust_like[requests]"`.

    Raises:
        StopTest: there is no host, or the library is not installed.
    """

    abstract: ClassVar[bool] = True
    client: "RequestsSession"  # type: ignore[assignment]  # the library's class in place of ours

    def _make_client(self, host: str) -> Any:
        return requests_session()(
            host, self.environment.events.request, self, **self._session_options()
        )


def requests_session() -> "type[RequestsSession]":
    """Return the session that is a `requests.Session`; the library is loaded here.

    Raises:
        StopTest: it is not installed.
    """
    try:
        from locust_like.client.requests_session import RequestsSession
    except ModuleNotFoundError as error:
        if error.name not in ("requests", "urllib3"):
            raise
        raise StopTest(REQUESTS_IS_MISSING) from error
    return RequestsSession
