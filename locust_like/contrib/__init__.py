"""Users for other protocols, each on the well-kept library of its protocol.

A module is imported when a locustfile names it, so nobody pays for a library that is not used, and
each library is an extra of the package. The libraries wait in the way that gevent has patched into
the standard library; therefore the command line patches before it imports a locustfile, and a
script of its own calls `locust_like.patch()` first.

Source: names, parameters and request types are those of Locust 2.47's `locust.contrib`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from locust_like.interfaces import RequestHookLike


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import a library in the block; when it is not there, say which extra brings it.

    Raises:
        ImportError: with one sentence.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        msg = f"{error.name} is not installed; pip install 'locust_like[{name}]' brings it"
        raise ImportError(msg, name=error.name) from error


def request_hook(given: RequestHookLike | None) -> RequestHookLike:
    """Return the hook that a client reports to: one of its own, or that of the command line.

    Source: Locust's clients for databases know no environment, they report to `locust.events`.
    """
    if given is not None:
        return given
    # Looked up at each use, because scripts assign to `locust.events`.
    from locust_like import events

    return events.request
