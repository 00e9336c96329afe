"""Tokens, passwords and sessions of the web UI."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict, deque
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from locust_like.web.guard import Identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like.web.schemas import Role

_MOST_SESSIONS = 1000
_MOST_ATTEMPTS = 10
_ATTEMPTS_WINDOW_S = 60.0
_MOST_ADDRESSES = 10_000


class Credentials(NamedTuple):
    """What lets somebody in; an empty text lets nobody in.

    Attributes:
        operator_token: of programs and of links.
        viewer_token: the same for those who only look.
        user: name that goes with the passwords.
    """

    operator_token: str = ""
    viewer_token: str = ""
    user: str = ""
    password: str = ""
    viewer_password: str = ""

    @property
    def exist(self) -> bool:
        """Whether anything is configured."""
        return bool(self.operator_token or self.password)

    def role_of_token(self, token: str) -> Role | None:
        """Return what a token allows, None if it is wrong."""
        if _equal(token, self.operator_token):
            return "operator"
        return "viewer" if _equal(token, self.viewer_token) else None

    def role_of_login(self, user: str, password: str) -> Role | None:
        """Return what a user name and password allow, None if they are wrong."""
        is_user = _equal(user, self.user)
        if _equal(password, self.password) and is_user:
            return "operator"
        return "viewer" if _equal(password, self.viewer_password) and is_user else None


def _equal(given: str, wanted: str) -> bool:
    """Compare in constant time; nothing equals an empty secret."""
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


class Sessions:
    """Browsers that we know by a random cookie; the oldest are forgotten above 1,000."""

    def __init__(self) -> None:
        """Know nobody."""
        self._identities: OrderedDict[str, Identity] = OrderedDict()

    def add(self, role: Role, who: str) -> tuple[str, Identity]:
        """Return a new cookie and who it stands for."""
        cookie = secrets.token_urlsafe(32)
        identity = Identity(role, who, secrets.token_urlsafe(24))
        self._identities[cookie] = identity
        while len(self._identities) > _MOST_SESSIONS:
            self._identities.popitem(last=False)
        return cookie, identity

    def get(self, cookie: str) -> Identity | None:
        """Return whom a cookie stands for."""
        identity = self._identities.get(cookie)
        if identity is not None:
            self._identities.move_to_end(cookie)
        return identity


class Attempts:
    """Failed logins by address: more than ten in a minute are not looked at."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Nobody has tried yet."""
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def may_try(self, address: str) -> bool:
        """Tell whether an address may try again now."""
        recent = self._failures.get(address)
        since_s = self._clock() - _ATTEMPTS_WINDOW_S
        return recent is None or sum(at_s > since_s for at_s in recent) < _MOST_ATTEMPTS

    def failed(self, address: str) -> None:
        """Count a failure."""
        recent = self._failures.setdefault(address, deque(maxlen=_MOST_ATTEMPTS))
        recent.append(self._clock())
        while len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)
