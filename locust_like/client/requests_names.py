"""Names of `requests.Session` that this session cannot have, and a word on each.

What is behind them (adapters, prepared requests, a redirect as a step of its own) is in the core
here. A script that needs them has the library itself: `RequestsUser` or `--http-client requests`.
"""

from typing import TYPE_CHECKING, Never, Self


class OnlyInRequests:
    """An attribute that is not there, and says where it is.

    A `__getattr__` of the session would do the same, and make each `client.get` slower.

    Raises:
        AttributeError: always, so that `hasattr` is False.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, session: object, owner: type) -> Never:
        msg = (
            f"{owner.__name__} has no {self._name!r}: it is a name of the requests library, which "
            "RequestsUser, or the option --http-client requests, has for a client"
        )
        raise AttributeError(msg, name=self._name, obj=session)


class RequestsNames:
    """What a session has of the names of requests besides calls and settings."""

    __slots__ = ()

    if TYPE_CHECKING:

        def close(self) -> None:
            """Close the connections."""

    adapters = OnlyInRequests()
    get_adapter = OnlyInRequests()
    get_redirect_target = OnlyInRequests()
    merge_environment_settings = OnlyInRequests()
    mount = OnlyInRequests()
    prepare_request = OnlyInRequests()
    rebuild_auth = OnlyInRequests()
    rebuild_method = OnlyInRequests()
    rebuild_proxies = OnlyInRequests()
    resolve_redirects = OnlyInRequests()
    send = OnlyInRequests()
    should_strip_auth = OnlyInRequests()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
