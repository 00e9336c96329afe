"""Who may do what: one decision for each request, made before any route runs.

A page of a stranger, open in an operator's browser, must not reach the run. Therefore the Host must
be ours (DNS rebinding), another site's page gets nothing but our page itself (Sec-Fetch-Site), and
a change must come from our own page (Origin) and carry the token that only it could read (CSRF). A
program that is no browser sends neither cookie nor Origin; on a loopback bind without credentials
it may do everything, elsewhere it needs a token.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from locust_like.web.schemas import Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})


class Identity(NamedTuple):
    """Somebody whom we know: the role, the name in annotations, and the token of the page."""

    role: Role
    who: str
    csrf_token: str


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    problem: str


@dataclass(frozen=True)
class Facts:
    """What decides about a request.

    Attributes:
        host: the Host header; "" if it is missing.
        origin: the Origin header, None if it is missing.
        fetch_site: Sec-Fetch-Site, None if it is missing.
        has_cookie: a session cookie of ours was sent, valid or not.
        has_bearer: an Authorization header was sent, right or wrong.
        identity: who it is by cookie or bearer token; None = nobody that we know.
        csrf_token: X-CSRF-Token.
        is_public: the route may be read by anybody (assets, the login page).
        is_harmless: the route changes no run although it is no GET (what a viewer looks at).
    """

    method: str
    host: str
    origin: str | None = None
    fetch_site: str | None = None
    has_cookie: bool = False
    has_bearer: bool = False
    identity: Identity | None = None
    csrf_token: str = ""
    is_public: bool = False
    is_harmless: bool = False


@dataclass(frozen=True)
class Guard:
    """The rules of one server.

    Attributes:
        names: host names that are ours, in lower case.
        any_address: whether any IP address is ours, because the server is bound to all of them.
        demands_credentials: whether somebody without cookie or token is refused.
    """

    names: frozenset[str]
    any_address: bool
    demands_credentials: bool

    def refusal(self, facts: Facts) -> Refusal | None:
        """Return why a request is refused, or None if it may go on."""
        changes = facts.method not in SAFE_METHODS
        return (
            self._of_host(facts.host)
            or (_of_site(facts) if changes or not facts.is_public else None)
            or (_of_origin(facts) if changes else None)
            or self._of_identity(facts)
            or (self._of_change(facts) if changes else None)
        )

    def _of_host(self, host: str) -> Refusal | None:
        name = _host_name(host)
        if name in self.names or (self.any_address and _is_address(name)):
            return None
        return Refusal(
            400,
            f"the host {host[:200]!r} is not one of ours; --web-host-display-name adds a name",
        )

    def _of_identity(self, facts: Facts) -> Refusal | None:
        if facts.identity is not None or facts.is_public:
            return None
        if facts.has_bearer:
            return Refusal(401, "the token is wrong")
        if self.demands_credentials:
            return Refusal(401, "log in, or send the token as `Authorization: Bearer TOKEN`")
        return None

    def _of_change(self, facts: Facts) -> Refusal | None:
        """A change needs an operator, and from a browser the token of our page."""
        if facts.is_public:
            return None
        if facts.has_cookie and not facts.has_bearer:
            expected = "" if facts.identity is None else facts.identity.csrf_token
            if not expected or facts.csrf_token != expected:
                return Refusal(403, "the CSRF token is missing or old; reload the page")
        elif facts.identity is None and (facts.origin or facts.fetch_site):
            return Refusal(403, "a browser needs a session; GET /api/v1/session makes one")
        role = "operator" if facts.identity is None else facts.identity.role
        if role != "operator" and not facts.is_harmless:
            return Refusal(403, "viewers cannot change the run")
        return None


def _of_site(facts: Facts) -> Refusal | None:
    """Somebody else's page gets nothing, not even streams and sessions that it could use up."""
    if facts.fetch_site in _FOREIGN_SITES:
        return Refusal(403, "the request comes from another site")
    return None


def _of_origin(facts: Facts) -> Refusal | None:
    """A change must not come from somebody else's page."""
    if facts.origin is None:
        return None
    try:
        origin_host = urlsplit(facts.origin).netloc
    except ValueError:
        origin_host = ""
    if not origin_host or origin_host.lower() != facts.host.lower():
        return Refusal(403, f"the request comes from another origin, {facts.origin[:200]!r}")
    return None


def _host_name(host: str) -> str:
    """Return the name of a Host header in lower case without port and brackets; "" if malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    is_plain = parts.netloc == host and "@" not in host
    return (parts.hostname or "").rstrip(".") if is_plain else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def own_names(bind_host: str, extra: Iterable[str] = ()) -> frozenset[str]:
    """Return the host names under which a server that is bound to `bind_host` is reached."""
    return frozenset(
        {"localhost", "127.0.0.1", "::1", bind_host.strip("[]").lower(), *map(str.lower, extra)}
        - {""}
    )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server that is bound to `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
