"""Every exception of the package.

::

    Exception
    ├── LocustError                     a mistake in how the API is used
    │   ├── ResponseError               raised in a catch_response block: the call failed
    │   ├── CatchResponseError          what `failure("text")` makes of its text
    │   ├── MissingWaitTimeError        a user or task set without wait_time
    │   ├── LocustfileError             a locustfile that cannot be used
    │   ├── SourceError                 an option's text that cannot be used, where it came from
    │   ├── CommandError                what an operator asked for cannot be done
    │   │   └── StaleCommand            it was based on values that somebody else has changed
    │   ├── RPCError                    Locust's error of its links; ours log and go on
    │   │   ├── RPCSendError
    │   │   └── RPCReceiveError
    │   ├── RunnerAlreadyExistsError    an environment has one runner, also a RuntimeError
    │   ├── CookieConflictError         a name that several cookies have, also a RuntimeError
    │   ├── NoMarkovTasksError          no task of a Markov task set has a transition
    │   ├── InvalidTransitionError      a transition to something that does not exist
    │   ├── NonMarkovTaskTransitionError  a transition to something that has none itself
    │   ├── MarkovTaskTagError          a task of a chain with tags
    │   ├── FormError                   a form that is not there, or cannot be filled in so
    │   ├── MissingLibraryError         an optional library is needed, also an ImportError
    │   ├── FilterError                 a part of a table's filter that cannot be understood
    │   ├── TooManyViewersError         more open streams than the web UI keeps
    │   ├── RefusedError                a request to the web UI, or of `ctl`, that is refused
    │   │   └── ProblemError            the same with field, value and what is accepted
    │   └── RequestError                why a call got no acceptable reply (`response.error`)
    │       ├── ConnectError            also a ConnectionError
    │       ├── DnsError                also a ConnectionError
    │       ├── TlsError                also a ConnectionError
    │       ├── ResetError              also a ConnectionResetError
    │       ├── ClosedEarlyError        also a ConnectionError
    │       ├── RequestTimeoutError     also a TimeoutError
    │       ├── ProtocolError
    │       │   └── Http2Error          the stream was reset, or the connection ended
    │       ├── TooLargeError
    │       ├── DecodeError
    │       ├── RedirectError
    │       ├── ResourcesError          the generator ran out of ports, descriptors or memory
    │       ├── ProxyError              also a ConnectionError
    │       ├── BlockedTargetError      the operator does not want load to go there
    │       └── HTTPError               an HTTP status that counts as a failure
    └── TaskSignal                      steers a task or a run; never counted as an error
        ├── InterruptTaskSet
        ├── StopUser
        ├── StopTest
        ├── RescheduleTask
        └── RescheduleTaskImmediately

A request that fails raises nothing by itself: the exception stands in `response.error` and goes to
the listeners of the request event.
"""


class LocustError(Exception):
    """Base of all errors that this package makes."""


class ResponseError(LocustError):
    """Raise it in a `catch_response` block to count the call as failed with this text."""


class CatchResponseError(LocustError):
    """What a call that a script judged as failed reports as its exception."""


class MissingWaitTimeError(LocustError):
    """A user or task set has no usable `wait_time`."""


class LocustfileError(LocustError):
    """A locustfile cannot be used; the message is one sentence that says what to do."""


class SourceError(LocustError):
    """A source holds a text that its option does not accept; the message is one sentence."""


class RPCError(LocustError):
    """A link between master and worker failed; for scripts that catch it, never raised."""


class RPCSendError(RPCError):
    """Nothing could be sent."""


class RPCReceiveError(RPCError):
    """Nothing could be received."""


class RunnerAlreadyExistsError(LocustError, RuntimeError):
    """An environment has a runner already."""


class CookieConflictError(LocustError, RuntimeError):
    """Several cookies have the name; a domain or a path tells them apart."""


class RequestError(LocustError):
    """A call got no acceptable reply; `code` is its failure class.

    Attributes:
        code: the class as statistics show it, for example "timeout-connect".
        response: what the call returned, None for an error without a call.
    """

    code: str = "internal"
    response: object | None = None


class ConnectError(RequestError, ConnectionError):
    """No connection could be made."""

    code = "connect"


class DnsError(RequestError, ConnectionError):
    """The host name could not be resolved."""

    code = "dns"


class ProxyError(RequestError, ConnectionError):
    """The proxy was not reached, or it does not lead to the server."""

    code = "proxy"


class BlockedTargetError(RequestError):
    """The operator does not want load to go there; nothing was sent."""

    code = "blocked-target"


class TlsError(RequestError, ConnectionError):
    """The TLS handshake failed, or the certificate was refused."""

    code = "tls"


class ResetError(RequestError, ConnectionResetError):
    """The server reset the connection while the call was running."""

    code = "reset"


class ClosedEarlyError(RequestError, ConnectionError):
    """The server closed the connection before the reply was complete."""

    code = "closed-early"


class RequestTimeoutError(RequestError, TimeoutError):
    """A connect, read or total timeout ran out; `code` says which."""

    code = "timeout-read"


class ProtocolError(RequestError):
    """The reply is not valid HTTP."""

    code = "protocol"


class Http2Error(ProtocolError):
    """HTTP/2: the server reset the stream or ended the connection; `code` says which."""

    code = "h2-stream"


class TooLargeError(RequestError):
    """The reply is larger than the limits allow."""

    code = "too-large"


class DecodeError(RequestError):
    """The body does not match its Content-Encoding."""

    code = "decode"


class RedirectError(RequestError):
    """A redirect leads nowhere, in circles, or past the limit."""

    code = "redirect"


class ResourcesError(RequestError):
    """The generator itself ran out of ports, descriptors or memory."""

    code = "resources"


class HTTPError(RequestError):
    """The server answered with a status that counts as a failure."""

    code = "status"


class TaskSignal(Exception):
    """Base of the exceptions that steer a task; event hooks let them through to the task."""

    steers_task = True


class InterruptTaskSet(TaskSignal):
    """Leave the current task set and go on in its parent.

    Args:
        reschedule: True = the parent picks its next task at once, False = it waits first.
    """

    def __init__(self, reschedule: bool = True) -> None:
        """Remember how the parent goes on."""
        super().__init__(reschedule)
        self.reschedule = reschedule


class StopUser(TaskSignal):
    """End the user that raises it; `on_stop` runs."""


class StopTest(TaskSignal):
    """End the whole test with complete results."""


class RescheduleTask(TaskSignal):
    """Abandon the current task; the user waits, then takes the next one."""


class RescheduleTaskImmediately(TaskSignal):
    """Abandon the current task; the user takes the next one without waiting."""


_BY_CODE: dict[str, type[RequestError]] = {
    "proxy": ProxyError,
    "blocked-target": BlockedTargetError,
    "dns": DnsError,
    "connect": ConnectError,
    "tls": TlsError,
    "timeout-connect": RequestTimeoutError,
    "timeout-read": RequestTimeoutError,
    "timeout-total": RequestTimeoutError,
    "reset": ResetError,
    "closed-early": ClosedEarlyError,
    "protocol": ProtocolError,
    "h2-goaway": Http2Error,
    "h2-stream": Http2Error,
    "h2-conn": Http2Error,
    "too-large": TooLargeError,
    "decode": DecodeError,
    "redirect": RedirectError,
    "resources": ResourcesError,
    "status": HTTPError,
}


def request_error(code: str, message: str) -> RequestError:
    """Make the exception of a failure class.

    Args:
        code: a class as `_core.Response.failure_code` names it; one that is not in the table gives
            a plain RequestError.
        message: what was tried, on what, and the reason.

    Returns:
        The exception, with `code` set; it is not raised.
    """
    error = _BY_CODE.get(code, RequestError)(message)
    error.code = code
    return error


class CommandError(LocustError):
    """An operator asked for something that cannot be done.

    Attributes:
        field: which value is wrong, for example `users`; empty when none is.
        value: what it was, as text.
        accepted: what would be accepted, as a sentence.
    """

    def __init__(
        self, message: str, *, field: str = "", value: str = "", accepted: str = ""
    ) -> None:
        """Say what is wrong."""
        super().__init__(message)
        self.field = field
        self.value = value
        self.accepted = accepted


class StaleCommand(CommandError):
    """A change is based on values that somebody else has changed meanwhile."""


class FormError(LocustError, ValueError):
    """A page has no such form, or the form no such field; nothing was sent."""


class MissingLibraryError(LocustError, ImportError):
    """An optional library is needed; the message says how to install it."""


class FilterError(LocustError, ValueError):
    """A part of a filter that cannot be understood; its text is that part."""


class TooManyViewersError(LocustError):
    """More streams than the server keeps open."""


class RefusedError(LocustError):
    """A request to the web UI that is refused, as a sentence."""
