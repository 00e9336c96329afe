"""Users of Socket.IO servers, on the client of python-socketio.

A message has no reply of its own, so what is sent and received counts with a time of 0 ms;
`connect` and `call` are timed. A call is two rows, because its message is one that is sent.

Source: Locust 2.47, contrib/socketio.py. There a sent message counts twice, and connections stay
open when users stop.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import gevent

from locust_like.contrib import extra
from locust_like.interfaces import EnvironmentLike, RequestHookLike
from locust_like.users.user import User

with extra("socketio"):
    import socketio


def _size(data: object) -> int:
    """Return the length of what has one: texts, bytes, lists."""
    return len(data) if hasattr(data, "__len__") else 0


class SocketIOClient(socketio.Client):
    """A client of python-socketio that reports what it does.

    Args:
        request_event: what to report to.
        args: of `socketio.Client`.
        kwargs: likewise.
    """

    def __init__(self, request_event: RequestHookLike, *args: Any, **kwargs: Any) -> None:
        """Connect to nothing yet."""
        super().__init__(*args, **kwargs)
        self.request_event = request_event

    def connect(self, *args: Any, **kwargs: Any) -> None:
        """Connect, and report it as `WS` `connect`; a failure is reported, not raised."""
        with self.request_event.measure("WS", "connect"):
            super().connect(*args, **kwargs)

    def send(
        self,
        data: Any,
        namespace: str | None = None,
        callback: Callable[..., object] | None = None,
        name: str = "Unnamed",
    ) -> None:
        """Send a message, and report it as `WSS` under a name."""
        self._emit("WSS", name, "message", data, namespace, callback)

    def emit(
        self,
        event: str,
        data: Any = None,
        namespace: str | None = None,
        callback: Callable[..., object] | None = None,
    ) -> None:
        """Send an event, and report it as `WSE` under the event's name."""
        self._emit("WSE", event, event, data, namespace, callback)

    def call(self, event: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Send an event, wait for its acknowledgement, and report it as `WSC`.

        Returns:
            What the server acknowledged with; None also when the call failed.
        """
        answer = None
        with self.request_event.measure("WSC", event):
            answer = super().call(event, data, *args, **kwargs)
        return answer

    def on_message(self, event: str, data: Any = None, *more: Any) -> None:
        """Report an event that came as `WSR`; other handlers replace this one, event by event."""
        self._fire("WSR", event, data, None)

    def _emit(
        self,
        request_type: str,
        name: str,
        *message: Any,  # event, data, namespace, callback
    ) -> None:
        exception = None
        try:
            super().emit(*message)
        except Exception as error:  # noqa: BLE001 - the failure is the result
            exception = error
        self._fire(request_type, str(name), message[1], exception)

    def _fire(
        self, request_type: str, name: str, data: object, exception: BaseException | None
    ) -> None:
        self.request_event.fire(
            request_type=request_type,
            name=name,
            response_time=0,
            response_length=_size(data),
            exception=exception,
            context={},
        )


class SocketIOUser(User):
    """A user with a Socket.IO client, which `on_start` or a task connects.

    Attributes:
        options: of `socketio.Client`, for example {"reconnection_attempts": 1}.
        sio: the client.
        sio_greenlet: ends when the connection has ended for good.
    """

    abstract: ClassVar[bool] = True
    options: ClassVar[dict[str, Any]] = {}
    sio: SocketIOClient

    def __init__(self, environment: EnvironmentLike) -> None:
        """Make the client."""
        super().__init__(environment)
        self.sio = SocketIOClient(environment.events.request, **self.options)
        self.sio_greenlet = gevent.spawn(self.sio.wait)
        self.sio.on("*", self.sio.on_message)

    def on_stop(self) -> None:
        """Disconnect."""
        self.sio.shutdown()

    def release(self) -> None:
        """Disconnect also where a class of its own has another `on_stop`."""
        super().release()
        gevent.spawn(self.sio.shutdown)
