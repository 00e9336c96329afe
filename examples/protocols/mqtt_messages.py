"""MQTT: publish, and time how long a message takes to come back.

Needs `pip install 'locust_like[mqtt]'`.
"""

import os
import time

from locust import between, task
from locust.contrib.mqtt import MqttClient, MqttUser
from paho.mqtt.client import MQTTMessage


class Client(MqttClient):
    def _generate_event_name(self, event_type: str, qos: int, topic: str) -> str:
        # One row for all users, not one for each topic.
        return f"{event_type} with QoS {qos}"


class Sensor(MqttUser):
    client_cls = Client
    host = os.environ.get("MQTT_HOST", "127.0.0.1")
    port = int(os.environ.get("MQTT_PORT", "1883"))
    wait_time = between(0.05, 0.1)

    def on_start(self) -> None:
        self.topic = f"sensors/{self.client.client_id}"
        self.client.on_message = self.received
        while not self.client.is_connected():
            time.sleep(0.01)
        self.client.subscribe(self.topic, qos=1)

    @task
    def measure(self) -> None:
        self.client.publish(self.topic, str(time.time()), qos=1)

    def received(self, client: object, userdata: object, message: MQTTMessage) -> None:
        self.environment.events.request.fire(
            request_type="MQTT",
            name="there and back",
            response_time=(time.time() - float(message.payload)) * 1000,
            response_length=len(message.payload),
            exception=None,
            context={},
        )
