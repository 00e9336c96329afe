"""Log in once for each user and send the token with every request; a failed login ends the user."""

from locust import HttpUser, between, task
from locust.exception import StopUser


class Member(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.05, 0.2)

    def on_start(self) -> None:
        # The demo server sends back what it got, so this reply holds a token.
        body = {"token": "token-of-ada"}
        with self.client.post("/echo?raw=1", json=body, name="login", catch_response=True) as reply:
            token = reply.json().get("token") if reply.ok else None
            if token is None:
                reply.failure("no token in the reply")
                raise StopUser
        # From now on with every request of this user.
        self.client.headers["Authorization"] = f"Bearer {token}"

    @task
    def profile(self) -> None:
        with self.client.get("/echo", name="profile", catch_response=True) as reply:
            if "Bearer token-of-ada" not in reply.text:
                reply.failure("the server saw no token")
