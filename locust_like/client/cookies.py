"""Cookies as scripts see them: the jar of a session, what a reply set, or a jar of one's own.

The rules (which cookie goes where, until when) live in the core; here is only the face, with the
methods of `requests.cookies.RequestsCookieJar`: a mapping by name whose iteration gives cookies.

Source: requests 2.34, cookies.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from locust_like.errors import CookieConflictError


class Cookie(NamedTuple):
    """One cookie.

    Attributes:
        name: what it is sent as.
        value: text without `;`.
        domain: where it goes; "" is any host.
        path: and below.
        expires: seconds since the epoch, None: with the session.
        secure: only over TLS or to the loopback.
        http_only: told by the server; without effect here.
        host_only: to `domain` itself, not to what lies below it.
    """

    name: str
    value: str
    domain: str = ""
    path: str = "/"
    expires: float | None = None
    secure: bool = False
    http_only: bool = False
    host_only: bool = True


class CookieLike(Protocol):
    """What cookies of other libraries have in common with ours."""

    @property
    def name(self) -> str:
        """What it is sent as."""

    @property
    def value(self) -> str | None:
        """Its text."""


CookieSource = Mapping[str, str | None] | Iterable[Any] | None
"""A mapping by name, (name, value) pairs, or cookies: ours or those of `http.cookiejar`."""


class Cookies:
    """Cookies by name; iteration gives `Cookie` objects, `dict()` makes a plain dict.

    Args:
        cookies: what it holds at first.

    Example:
        self.client.cookies.set("token", "abc")
        assert self.client.cookies.get("session") is not None
    """

    __slots__ = ("_cookies",)

    def __init__(self, cookies: CookieSource = None) -> None:
        self._cookies: list[Cookie] = []
        self.update(cookies)

    def __iter__(self) -> Iterator[Cookie]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, name: object) -> bool:
        return any(name in (cookie.name, cookie) for cookie in self._all())

    def __getitem__(self, name: str) -> str:
        """Return the value of the cookie with that name.

        Raises:
            KeyError: there is none.
            CookieConflictError: several domains or paths have one.
        """
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, value: str | None) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        if self._remove(None, None, name) == 0:
            raise KeyError(name)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Cookies):
            return self._all() == other._all()
        return self.get_dict() == other

    __hash__ = None  # type: ignore[assignment]  # what changes cannot be hashed

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{self._all()!r}>"

    def get(
        self,
        name: str,
        default: str | None = None,
        domain: str | None = None,
        path: str | None = None,
    ) -> str | None:
        """Return the value of a cookie.

        Args:
            name: of the cookie.
            default: returned when there is none.
            domain: of the cookie; None: any.
            path: of the cookie; None: any.

        Raises:
            CookieConflictError: several cookies fit; name domain or path.
        """
        found = [c.value for c in self._matching(domain, path) if c.name == name]
        if len(found) > 1:
            msg = f"several cookies are called {name!r}: name domain= or path="
            raise CookieConflictError(msg)
        return found[0] if found else default

    def set(self, name: str, value: str | CookieLike | None, **attributes: Any) -> None:
        """Add or replace a cookie.

        Args:
            name: without `=` and `;`.
            value: without `;`; None removes the cookie.
            attributes: domain ("" or left out: any host), path, expires (seconds since the epoch),
                secure; what else requests knows has no effect.

        Raises:
            ValueError: a name or value that cannot be sent.
        """
        if value is None:
            self._remove(attributes.get("domain"), attributes.get("path"), name)
            return
        if not isinstance(value, str):
            self.set_cookie(value)
            return
        domain: str = attributes.get("domain") or ""
        self._put(
            Cookie(
                name,
                value,
                domain,
                attributes.get("path") or "/",
                attributes.get("expires"),
                bool(attributes.get("secure")),
                False,
                not domain.startswith("."),
            )
        )

    def set_cookie(self, cookie: CookieLike) -> None:
        """Add a cookie object: ours or one of `http.cookiejar`."""
        if isinstance(cookie, Cookie):
            self._put(cookie)
            return
        attributes = {
            key: getattr(cookie, key, None) for key in ("domain", "path", "expires", "secure")
        }
        self.set(cookie.name, cookie.value, **attributes)

    def update(self, cookies: CookieSource) -> None:
        """Add the cookies of a mapping, of pairs or of another jar."""
        if isinstance(cookies, Mapping):
            cookies = cookies.items()
        cookie: Any
        for cookie in cookies or ():
            if isinstance(cookie, tuple) and not isinstance(cookie, Cookie):
                self.set(*cookie)
            else:
                self.set_cookie(cookie)

    def clear(
        self, domain: str | None = None, path: str | None = None, name: str | None = None
    ) -> None:
        """Remove all cookies, or those of a domain, a path, a name."""
        self._remove(domain, path, name)

    def keys(self) -> list[str]:
        """Return the names, in the order of sending."""
        return [cookie.name for cookie in self._all()]

    def values(self) -> list[str]:
        """Return the values, in the order of sending."""
        return [cookie.value for cookie in self._all()]

    def items(self) -> list[tuple[str, str]]:
        """Return (name, value) pairs; `dict(cookies.items())` makes a plain dict."""
        return [(cookie.name, cookie.value) for cookie in self._all()]

    def get_dict(self, domain: str | None = None, path: str | None = None) -> dict[str, str]:
        """Return name and value of the cookies, of a domain or a path if named."""
        return {cookie.name: cookie.value for cookie in self._matching(domain, path)}

    def list_domains(self) -> list[str]:
        """Return the domains that have cookies."""
        return list(dict.fromkeys(cookie.domain for cookie in self._all()))

    def list_paths(self) -> list[str]:
        """Return the paths that have cookies."""
        return list(dict.fromkeys(cookie.path for cookie in self._all()))

    def copy(self) -> "Cookies":
        """Return a jar of its own with the same cookies."""
        return Cookies(self._all())

    def _matching(self, domain: str | None, path: str | None) -> list[Cookie]:
        return [c for c in self._all() if domain in (None, c.domain) and path in (None, c.path)]

    # Where the cookies are kept; the jar of a session answers these from the core.

    def _all(self) -> list[Cookie]:
        return self._cookies

    def _put(self, cookie: Cookie) -> None:
        self._remove(cookie.domain, cookie.path, cookie.name)
        self._cookies.append(cookie)

    def _remove(self, domain: str | None, path: str | None, name: str | None) -> int:
        kept = [
            c
            for c in self._cookies
            if domain not in (None, c.domain)
            or path not in (None, c.path)
            or name not in (None, c.name)
        ]
        count = len(self._cookies) - len(kept)
        self._cookies = kept
        return count


class CookieStore(Protocol):
    """The part of the native session that keeps the cookies of a user."""

    def cookie_list(self) -> list[tuple[str, str, str, str, int | None, bool, bool, bool]]:
        """Return the unexpired cookies."""

    def put_cookie(self, *cookie: Any) -> None:
        """Add or replace a cookie."""

    def remove_cookies(self, domain: str | None, path: str | None, name: str | None, /) -> int:
        """Remove cookies and return how many."""


class SessionCookies(Cookies):
    """The jar of a session; it has no cookies of its own.

    Args:
        store: the session.
    """

    __slots__ = ("_store",)

    def __init__(self, store: CookieStore) -> None:
        self._store = store
        super().__init__()

    def _all(self) -> list[Cookie]:
        return [Cookie(*cookie) for cookie in self._store.cookie_list()]

    def _put(self, cookie: Cookie) -> None:
        self._store.put_cookie(*cookie)

    def _remove(self, domain: str | None, path: str | None, name: str | None) -> int:
        return self._store.remove_cookies(domain, path, name)


def cookie_line(cookies: CookieSource) -> str:
    """Return cookies as the value of a Cookie header: `a=1; b=2`.

    Raises:
        ValueError: a name or value that cannot be sent.
    """
    line = "; ".join(f"{cookie.name}={cookie.value}" for cookie in Cookies(cookies))
    if any(c in line for c in "\r\n\0"):
        msg = f"CR, LF or NUL in cookies: {line!r}"
        raise ValueError(msg)
    return line
