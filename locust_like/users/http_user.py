"""Users with an HTTP client.

Both kinds run on the same engine; they differ in their defaults, as in Locust: `HttpUser` verifies
certificates and names requests by their path, `FastHttpUser` does not verify unless told and names
them as the script wrote the URL.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from locust_like.client.response import Response
from locust_like.client.rest import fresh_url
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.client.settings import HttpVersion, SessionOptions
from locust_like.errors import StopTest
from locust_like.interfaces import EnvironmentLike
from locust_like.users.user import User

HOST_IS_REQUIRED = (
    "You must specify the base host. Either in the host attribute in the User class, or on the "
    "command line using the --host option."
)


class HttpUser(User):
    """A user whose `client` is an `HttpSession`.

    Attributes:
        client: the session; it keeps connections alive and sends the user's headers.
        concurrency: most connections of one user to one server.
        connection_timeout: seconds for name look-up, TCP and TLS; None = no limit.
        network_timeout: seconds between two pieces of a reply; None = no limit.
        total_timeout: seconds for a whole call, redirects included; None = no limit.
        max_redirects: hops of one call, at most.
        http_version: "1.1", "2" (over TLS or a failed call) or "h2c" (also without TLS, by prior
            knowledge); None = HTTP/2 where TLS agrees on it, else HTTP/1.1.
        default_headers: sent with each request, besides the client's own.

    Raises:
        StopTest: there is no host, neither on the class nor from the command line.
    """

    abstract: ClassVar[bool] = True
    client: HttpSession
    concurrency: int = 10
    connection_timeout: float | None = None
    network_timeout: float | None = None
    total_timeout: float | None = None
    max_redirects: int = 30
    http_version: HttpVersion = None
    default_headers: Mapping[str, str] | None = None

    def __init__(self, environment: EnvironmentLike) -> None:
        super().__init__(environment)
        if not self.host:
            raise StopTest(HOST_IS_REQUIRED)
        self.client = self._make_client(self.host)

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
        return HttpSession(
            host, self.environment.events.request, self, **self._session_options(verify=True)
        )

    def _session_options(self, *, verify: bool) -> SessionOptions:
        return SessionOptions(
            connect_timeout_s=self.connection_timeout,
            read_timeout_s=self.network_timeout,
            total_timeout_s=self.total_timeout,
            max_redirects=self.max_redirects,
            max_connections=self.concurrency,
            http_version=self.http_version,
            default_headers=self.default_headers,
            verify=verify,
        )

    def release(self) -> None:
        """Cut the cycle between the user and its client."""
        super().release()
        self.client.user = None


class FastHttpUser(HttpUser):
    """A user with the defaults and options of Locust's FastHttpUser.

    Attributes:
        insecure: True = certificates are not verified.
        max_retries: 0; calls are sent again only where HTTP allows it, which needs no option.
    """

    abstract: ClassVar[bool] = True
    client: FastHttpSession
    connection_timeout: float | None = 60.0
    network_timeout: float | None = 60.0
    insecure: bool = True
    max_retries: int = 0

    def _make_client(self, host: str) -> HttpSession:
        options: Any = self._session_options(verify=not self.insecure)
        return FastHttpSession(host, self.environment.events.request, self, **options)
