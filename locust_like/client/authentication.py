"""Who a request says it comes from: the values of `auth=`.

A pair (user, password) is Basic authentication. Anything else is a callable as requests has them
(`requests.auth.AuthBase`): it gets the request before it is sent and changes it. Credentials never
follow a redirect to another origin.

Source: requests 2.34, auth.py and utils.py.
"""

import netrc
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from locust_like.client.headers import Headers
from locust_like.client.settings import basic_authorization
from locust_like.client.uploads import Upload


@dataclass(slots=True)
class OutgoingRequest:
    """A request that is about to be sent, for callables that change it.

    Attributes:
        method: HTTP method.
        url: absolute.
        headers: all that will be sent, but for Host and Content-Length.
        body: bytes, None, or what makes it while it is sent.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | Upload | None


@dataclass(frozen=True, slots=True)
class BearerAuth:
    """Authentication by a token: `auth=BearerAuth("abc")`.

    Attributes:
        token: sent as `Authorization: Bearer TOKEN`.
    """

    token: str

    def __call__(self, request: OutgoingRequest) -> OutgoingRequest:
        """Put the token into the request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass(frozen=True, slots=True)
class DigestAuth:
    """Digest authentication (RFC 7616): `auth=DigestAuth("user", "secret")`.

    The core answers the challenge inside the call, so the row has the time of both exchanges. The
    answer serves the next calls of the session until the server sends another challenge.

    Attributes:
        user: name of the user.
        password: never sent.
    """

    user: str
    password: str


Auth = tuple[str, str] | DigestAuth | Callable[[Any], Any] | None


def digest_of(auth: object) -> tuple[str, str] | None:
    """Return user and password of a DigestAuth, ours or that of requests; None for others."""
    if isinstance(auth, DigestAuth):
        return auth.user, auth.password
    # requests' own answers a challenge by sending a second request of its own; the core does so.
    theirs = getattr(sys.modules.get("requests.auth"), "HTTPDigestAuth", None)
    if theirs is not None and isinstance(auth, theirs):
        return auth.username, auth.password
    return None


def is_per_call(auth: object) -> bool:
    """Tell what is worked out for each call from what is a header of the session."""
    return callable(auth) or isinstance(auth, DigestAuth)


def is_pair(auth: object) -> bool:
    """Tell (user, password) from a callable."""
    return isinstance(auth, tuple | list) and len(auth) == 2  # noqa: PLR2004 - user and password


def authorization_of(auth: Any) -> str:
    """Return the Authorization value of (user, password).

    Raises:
        TypeError: it is neither a pair nor a callable.
    """
    if is_pair(auth):
        return basic_authorization(*auth)
    msg = f"auth= takes (user, password) or a callable, not {type(auth).__name__}"
    raise TypeError(msg)


def authenticate(
    native: dict[str, Any],
    request: OutgoingRequest,
    auth: Callable[[OutgoingRequest], Any],
) -> None:
    """Let a callable change a request.

    Args:
        native: the native keywords of the call; what the callable changed is put there.
        request: as it would be sent without it.
        auth: may change the request it gets, or return another one.
    """
    before = dict(request.headers)
    url, body = request.url, request.body
    changed = auth(request) or request
    after = dict(changed.headers)
    fields = [(name, value) for name, value in after.items() if before.get(name) != value]
    names = {name.lower() for name in after}
    fields += [(name, None) for name in before if name.lower() not in names]
    replaced = {name.lower() for name, _ in fields}
    kept = [field for field in native.get("fields", ()) if field[0].lower() not in replaced]
    native["fields"] = [*kept, *((n, _text(v)) for n, v in fields)]
    if changed.url != url:
        native["url"] = changed.url
    if changed.body != body:
        native["body"] = changed.body.encode() if isinstance(changed.body, str) else changed.body


def headers_before(
    sent: Iterable[tuple[str, str]], fields: list[tuple[str, str | None]]
) -> Headers:
    """Return a session's headers as the fields of one call change them."""
    headers = Headers(sent)
    for name, value in fields:
        if value is not None:
            headers[name] = value
        elif name in headers:
            del headers[name]
    return headers


def netrc_auth(url: str) -> tuple[str, str] | None:
    """Return user and password of a URL's host from ~/.netrc (or $NETRC), or None."""
    path = os.path.expanduser(os.environ.get("NETRC", "~/.netrc"))
    host = urlsplit(url).hostname
    if host is None or not os.path.exists(path):
        return None
    with suppress(netrc.NetrcParseError, OSError):
        found = netrc.netrc(path).authenticators(host)
        if found is not None:
            return found[0] or found[1] or "", found[2] or ""
    return None


def _text(value: Any) -> str | None:
    return value.decode("latin-1") if isinstance(value, bytes) else value
