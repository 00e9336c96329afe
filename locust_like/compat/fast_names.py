"""Names of `locust.contrib.fasthttp` that scripts compare with; the client itself is the engine's.

Source: Locust 2.47, contrib/fasthttp.py.
"""

from __future__ import annotations

import ssl

from locust_like.client.response import Response
from locust_like.errors import RequestError

FAILURE_EXCEPTIONS = (RequestError, ConnectionError, ssl.SSLError, OSError)
"""What `response.error` is where no reply came."""


class _WithoutReply(type):
    """Lets every response of a call that got no reply be an instance."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Response) and instance.status_code == 0


class ErrorResponse(Response, metaclass=_WithoutReply):
    """What a call gets that got no reply: `status_code` 0, `content` None, and an `error`."""

    __slots__ = ()


def insecure_ssl_context_factory() -> ssl.SSLContext:
    """Return a context that accepts every certificate, for clients of a script's own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
