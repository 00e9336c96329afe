"""Users of DNS servers, on dnspython.

Source: Locust 2.47, contrib/dns.py. There an unreachable server raises in the task and is not
counted, when that is the operating system's error and not one of dnspython's.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from locust_like.contrib import extra
from locust_like.errors import LocustError
from locust_like.interfaces import EnvironmentLike, RequestHookLike
from locust_like.users.user import User

with extra("dns"):
    import dns.query
    from dns.message import Message


class DNSClient:
    """Has the functions of `dns.query`, such as `udp`, `tcp`, `tls` and `https`, and reports them.

    A reply without an answer section is a failure, and so is whatever the function raises.

    Args:
        request_event: what to report to.
    """

    def __init__(self, request_event: RequestHookLike) -> None:
        """Send nothing yet."""
        self.request_event = request_event

    def __getattr__(self, function_name: str) -> Callable[..., Message | None]:
        """Return a function of `dns.query` that reports itself.

        Returns:
            It takes `name`, of the row in the statistics, besides the parameters of the original,
            and returns the reply, or None when there is none.
        """
        function = getattr(dns.query, function_name)

        def reported(
            message: Message, *args: object, name: str | None = None, **options: object
        ) -> Message | None:
            reply: Message | None = None
            report: dict[str, Any]
            with self.request_event.measure("DNS", name or function_name) as report:
                found = function(message, *args, **options)
                # `udp_with_fallback` also says which way it went.
                reply = found[0] if isinstance(found, tuple) else found
                report["response"] = reply
                report["response_length"] = len(getattr(reply, "wire", None) or b"")
                if not reply.answer:
                    msg = "No answer in DNS response"
                    raise LocustError(msg)
            return reply

        return reported


class DNSUser(User):
    """A user with a `DNSClient`; its calls name the server, `host` is not used."""

    abstract: ClassVar[bool] = True
    client: DNSClient

    def __init__(self, environment: EnvironmentLike) -> None:
        """Make the client."""
        super().__init__(environment)
        self.client = DNSClient(environment.events.request)
