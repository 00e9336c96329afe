"""Users of MQTT brokers, on paho-mqtt 2.

The client runs paho's own loop, which is a greenlet where `threading` is patched. What is reported
comes from the broker's answers: a connection is timed from the attempt to CONNACK, a subscription
to SUBACK, a published message to PUBACK or PUBCOMP, and with QoS 0 until it is written.

Source: Locust 2.47, contrib/mqtt.py. There a broker that cannot be reached is not counted,
connections take 0 ms, and clients stay connected when their users stop.
"""

import random
import string
import time
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

import gevent

from locust_like.contrib import extra
from locust_like.errors import LocustError
from locust_like.interfaces import EnvironmentLike
from locust_like.users.user import User

with extra("mqtt"):
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

if TYPE_CHECKING:
    import ssl

    from paho.mqtt.properties import Properties
    from paho.mqtt.subscribeoptions import SubscribeOptions

    Topics = (
        str
        | tuple[str, int]
        | tuple[str, SubscribeOptions]
        | list[tuple[str, int]]
        | list[tuple[str, SubscribeOptions]]
    )

REQUEST_TYPE = "MQTT"
SUBACK_FAILURE = 0x80
"""Codes from here on refuse a subscription. Source: MQTT 3.1.1, 3.9.3; MQTT 5, 3.9.3."""

_ID_LETTERS = string.digits + string.ascii_letters
_ID_LENGTH = 16  # with its prefix within the 23 letters that every broker accepts
_PATIENCE_S = 1.0


class PublishedMessageContext(NamedTuple):
    """What listeners are told about a published message, in `context`."""

    qos: int
    topic: str
    start_time: float
    payload_size: int


class _Subscription(NamedTuple):
    qos: int
    topic: str
    start_time: float


RequestT = TypeVar("RequestT", PublishedMessageContext, _Subscription)


class _Waiting(dict[int, RequestT]):
    """Requests by message id, until the broker answers.

    Answers may come before the request is entered, as paho may write at once; they are kept.
    """

    def __init__(self) -> None:
        super().__init__()
        self._early: dict[int, tuple[Any, ...]] = {}
        self._refused: set[int] = set()

    def enter(self, mid: int, request: RequestT) -> tuple[Any, ...] | None:
        """Wait for an answer, or return the answer that is there already."""
        if mid in self._early:
            return self._early.pop(mid)
        self[mid] = request
        return None

    def refuse(self, mid: int | None) -> None:
        """Want no answer to what was reported as failed; paho may still deliver it later."""
        if mid is not None:
            self._refused.add(mid)

    def answered(self, mid: int, answer: tuple[Any, ...]) -> RequestT | None:
        """Return whose answer this is, if that is known now."""
        if mid in self._refused:
            self._refused.discard(mid)
        elif mid not in self:
            self._early[mid] = answer
        return self.pop(mid, None)


class MqttClient(mqtt.Client):
    """A client of paho-mqtt that reports what it does.

    Args:
        args: of paho's client.
        environment: what to report to.
        client_id: None = one that is made up, "locust-" and 16 letters.
        protocol: of paho's constants, `MQTTv311` or `MQTTv5`.
        use_loop_selectors: has no effect; gevent's `select` has no limit of connections.
        kwargs: of paho's client.
    """

    def __init__(
        self,
        *args: Any,
        environment: EnvironmentLike,
        client_id: str | None = None,
        protocol: MQTTProtocolVersion = mqtt.MQTTv311,
        use_loop_selectors: bool = False,
        **kwargs: Any,
    ) -> None:
        """Connect to nothing yet."""
        client_id = client_id or f"locust-{''.join(random.choices(_ID_LETTERS, k=_ID_LENGTH))}"
        with warnings.catch_warnings():
            # Scripts written for Locust set callbacks with the parameters of paho's version 1.
            warnings.filterwarnings("ignore", "Callback API version 1", DeprecationWarning)
            kwargs |= {"client_id": client_id, "protocol": protocol}
            super().__init__(*args, **kwargs)
        self.environment = environment
        self.client_id = client_id
        self.on_connect = self._on_connect_cb
        self.on_disconnect = self._on_disconnect_cb
        self.on_publish = self._on_publish_cb
        self.on_subscribe = self._on_subscribe_cb
        self._attempt_s = time.perf_counter()
        self._publishing: _Waiting[PublishedMessageContext] = _Waiting()
        self._subscribing: _Waiting[_Subscription] = _Waiting()

    def reconnect(self) -> MQTTErrorCode:
        """Connect, as paho's loop does each time; what cannot connect is reported here."""
        self._attempt_s = time.perf_counter()
        try:
            return super().reconnect()
        except OSError as error:
            self._report("connect", self._attempt_ms(), exception=error)
            raise

    def publish(
        self,
        topic: str,
        payload: mqtt.PayloadType = None,
        qos: int = 0,
        retain: bool = False,
        properties: "Properties | None" = None,
    ) -> mqtt.MQTTMessageInfo:
        """Publish a message; it is reported when the broker has it."""
        size = len(payload) if isinstance(payload, str | bytes | bytearray) else 0
        request = PublishedMessageContext(qos, topic, time.time(), size)
        info = super().publish(topic, payload, qos, retain, properties)
        if info.rc == mqtt.MQTT_ERR_SUCCESS:
            if self._publishing.enter(info.mid, request) is not None:
                self._report_published(request)
        else:
            self._publishing.refuse(info.mid)
            self._report_published(request, LocustError(mqtt.error_string(info.rc)))
        return info

    def subscribe(
        self,
        topic: "Topics",
        qos: int = 0,
        options: "SubscribeOptions | None" = None,
        properties: "Properties | None" = None,
    ) -> tuple[MQTTErrorCode, int | None]:
        """Subscribe; it is reported when the broker has answered, under the first topic."""
        first = topic[0] if isinstance(topic, list) else topic
        name = first if isinstance(first, str) else first[0]
        request = _Subscription(qos, name, time.time())
        result, mid = super().subscribe(topic, qos, options, properties)
        if result != mqtt.MQTT_ERR_SUCCESS or mid is None:
            self._report_subscribed(request, LocustError(mqtt.error_string(result)))
        elif (codes := self._subscribing.enter(mid, request)) is not None:
            self._report_subscribed(request, _refusal(codes))
        return result, mid

    def close(self) -> None:
        """Disconnect and end the loop; a second call does nothing."""
        if self.is_connected():
            self.disconnect()
        # The loop may be waiting for its next attempt, which paho does not interrupt.
        with gevent.Timeout(_PATIENCE_S, False):
            self.loop_stop()

    def _generate_event_name(self, event_type: str, qos: int, topic: str) -> str:
        """Return the name of a row; subclasses may choose another, as in Locust."""
        return f"{event_type}:{qos}:{topic}"

    # The callbacks also take what paho's version 2 adds to them.

    def _on_connect_cb(
        self, client: mqtt.Client, userdata: object, flags: object, reason: Any, *_more: object
    ) -> None:
        failure = None if reason == 0 else ConnectionError(_text_of(reason))
        self._report("connect", self._attempt_ms(), exception=failure)

    def _on_disconnect_cb(self, client: mqtt.Client, userdata: object, *details: Any) -> None:
        # Version 1 tells the reason first, version 2 after the flags.
        reason = details[1] if len(details) > 2 else details[0]  # noqa: PLR2004 - as said
        failure = None if reason == 0 else ConnectionError(_text_of(reason))
        self._report("disconnect", 0, exception=failure)

    def _on_publish_cb(
        self, client: mqtt.Client, userdata: object, mid: int, *_more: object
    ) -> None:
        request = self._publishing.answered(mid, ())
        if request is not None:
            self._report_published(request)

    def _on_subscribe_cb(
        self, client: mqtt.Client, userdata: object, mid: int, codes: Any, *_more: object
    ) -> None:
        request = self._subscribing.answered(mid, tuple(codes))
        if request is not None:
            self._report_subscribed(request, _refusal(codes))

    def _attempt_ms(self) -> float:
        return (time.perf_counter() - self._attempt_s) * 1000

    def _report_published(
        self, request: PublishedMessageContext, exception: Exception | None = None
    ) -> None:
        self._report(
            self._generate_event_name("publish", request.qos, request.topic),
            _since_ms(request.start_time),
            length=request.payload_size,
            exception=exception,
            context=request._asdict(),
        )

    def _report_subscribed(self, request: _Subscription, exception: Exception | None) -> None:
        self._report(
            self._generate_event_name("subscribe", request.qos, request.topic),
            _since_ms(request.start_time),
            exception=exception,
            context=request._asdict(),
        )

    def _report(
        self,
        name: str,
        response_time: float,
        *,
        length: int = 0,
        exception: Exception | None = None,
        context: dict[str, object] | None = None,
    ) -> None:
        self.environment.events.request.fire(
            request_type=REQUEST_TYPE,
            name=name,
            response_time=response_time,
            response_length=length,
            exception=exception,
            context={"client_id": self.client_id, **(context or {})},
        )


def _since_ms(wall_s: float) -> float:
    return max(time.time() - wall_s, 0.0) * 1000


def _text_of(reason: Any) -> str:
    """Return the words for a reason of MQTT 5, or the code of an older version."""
    return f"code {reason}" if isinstance(reason, int) else str(reason)


def _refusal(codes: Any) -> LocustError | None:
    """Return the failure of a subscription that the broker refuses in whole or in part."""
    numbers = [getattr(code, "value", code) for code in codes]
    if all(number < SUBACK_FAILURE for number in numbers):
        return None
    return LocustError(f"the broker refuses the subscription: {numbers}")


class MqttUser(User):
    """A user that is connected to an MQTT broker from its start to its end.

    Attributes:
        client: the client, an instance of `client_cls`.
        host: of the broker, a name or address without a scheme.
        port: of the broker.
        transport: "tcp", "websockets" or "unix".
        ws_path: path of the WebSocket.
        tls_context: an `ssl.SSLContext`; None = without TLS.
        client_cls: class of the client.
        client_id: None = one is made up for each user; with a name only one user can be connected.
        username: None, or the user name, which needs a password, too.
        password: its password.
        protocol: of paho's constants.
        use_loop_selectors: has no effect, see `MqttClient`.
    """

    abstract: ClassVar[bool] = True
    client: MqttClient
    host: str | None = "localhost"
    port: int = 1883
    transport: Any = "tcp"
    ws_path: str = "/mqtt"
    tls_context: "ssl.SSLContext | None" = None
    client_cls: type[MqttClient] = MqttClient
    client_id: str | None = None
    username: str | None = None
    password: str | None = None
    protocol: MQTTProtocolVersion = mqtt.MQTTv311
    use_loop_selectors: bool = False

    def __init__(self, environment: EnvironmentLike) -> None:
        """Begin to connect; tasks may publish before that has ended, and paho queues."""
        super().__init__(environment)
        self.client = self.client_cls(
            environment=self.environment,
            transport=self.transport,
            client_id=self.client_id,
            protocol=self.protocol,
            use_loop_selectors=self.use_loop_selectors,
        )
        if self.tls_context is not None:
            self.client.tls_set_context(self.tls_context)
        if self.transport == "websockets":
            self.client.ws_set_options(path=self.ws_path)
        if self.username and self.password:
            self.client.username_pw_set(self.username, self.password)
        self.client.connect_async(str(self.host), self.port)
        self.client.loop_start()

    def on_stop(self) -> None:
        """Disconnect."""
        self.client.close()

    def release(self) -> None:
        """Disconnect also where a class of its own has another `on_stop`."""
        super().release()
        gevent.spawn(self.client.close)
