"""Which answer of a broker belongs to which request; no broker is asked."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import MQTTErrorCode

from locust_like.contrib.mqtt import MqttClient
from locust_like.events import Events


class Broker:
    """A client without a network; what paho would return, and what was reported."""

    def __init__(self) -> None:
        self.reported: list[dict[str, Any]] = []
        environment: Any = SimpleNamespace(events=Events())
        environment.events.request.add_listener(lambda **row: self.reported.append(row))
        self.client = MqttClient(environment=environment)
        self.answer: Callable[..., Any] = lambda: None


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()
    monkeypatch.setattr(mqtt.Client, "publish", lambda *_: made.answer())
    monkeypatch.setattr(mqtt.Client, "subscribe", lambda *_: made.answer())
    return made


def info(mid: int, code: int = 0) -> mqtt.MQTTMessageInfo:
    made = mqtt.MQTTMessageInfo(mid)
    made.rc = MQTTErrorCode(code)
    return made


def acknowledge(broker: Broker, mid: int) -> None:
    broker.client._on_publish_cb(broker.client, None, mid)


def test_a_message_is_reported_when_the_broker_has_it(broker: Broker) -> None:
    broker.answer = lambda: info(1)
    broker.client.publish("a/b", "12345", qos=1)
    assert broker.reported == []
    acknowledge(broker, 1)
    (row,) = broker.reported
    assert (row["name"], row["response_length"], row["exception"]) == ("publish:1:a/b", 5, None)
    assert row["context"]["client_id"].startswith("locust-")
    assert row["context"]["topic"] == "a/b"


def test_an_answer_may_come_before_publish_returns(broker: Broker) -> None:
    def at_once() -> mqtt.MQTTMessageInfo:
        acknowledge(broker, 1)
        return info(1)

    broker.answer = at_once
    broker.client.publish("a", "1")
    assert [row["exception"] for row in broker.reported] == [None]


def test_a_message_that_failed_is_one_row_also_when_paho_delivers_it_later(
    broker: Broker,
) -> None:
    broker.answer = lambda: info(1, mqtt.MQTT_ERR_NO_CONN)
    broker.client.publish("a", "1", qos=1)
    acknowledge(broker, 1)
    (row,) = broker.reported
    assert str(row["exception"]) == "The client is not currently connected."


@pytest.mark.parametrize(
    ("topic", "name"),
    [("ab", "ab"), (("ab", 1), "ab"), ([("ab", 1), ("c", 0)], "ab")],
)
def test_a_subscription_has_the_name_of_its_first_topic(
    broker: Broker, topic: Any, name: str
) -> None:
    broker.answer = lambda: (mqtt.MQTT_ERR_SUCCESS, 1)
    broker.client.subscribe(topic)
    broker.client._on_subscribe_cb(broker.client, None, 1, (0,))
    assert broker.reported[0]["name"] == f"subscribe:0:{name}"
    assert broker.reported[0]["exception"] is None


@pytest.mark.parametrize("codes", [(128,), (1, 135)])
def test_a_refused_subscription_is_a_failure(broker: Broker, codes: tuple[int, ...]) -> None:
    broker.answer = lambda: (mqtt.MQTT_ERR_SUCCESS, 1)
    broker.client.subscribe("a")
    broker.client._on_subscribe_cb(broker.client, None, 1, codes, "properties")
    assert "the broker refuses the subscription" in str(broker.reported[0]["exception"])


@pytest.mark.parametrize(
    ("details", "text"),
    [((0,), "None"), ((7,), "code 7"), (("flags", 7, "properties"), "code 7")],
)
def test_a_lost_connection_is_a_failure(
    broker: Broker, details: tuple[Any, ...], text: str
) -> None:
    broker.client._on_disconnect_cb(broker.client, None, *details)
    assert str(broker.reported[0]["exception"]) == text
