"""Socket.IO: events both ways, and a call that is acknowledged.

Needs `pip install 'locust_like[socketio]'`.
"""

from locust import between, task
from locust.contrib.socketio import SocketIOUser


class Guest(SocketIOUser):
    host = "http://127.0.0.1:5001"
    wait_time = between(0.05, 0.1)

    def on_start(self) -> None:
        self.sio.connect(self.host)

    @task
    def say(self) -> None:
        # The server sends it back to everybody; what comes counts as `WSR` `said`.
        self.sio.emit("say", "good morning")

    @task
    def ask(self) -> None:
        answer = self.sio.call("ask", "how many are here?")
        if answer is not None:
            self.guests = int(answer)
