"""Steps in order, as a person takes them: log in, look around, order, start again."""

from locust import HttpUser, SequentialTaskSet, between, task


class Shopping(SequentialTaskSet):
    token = ""

    def on_start(self) -> None:
        # The demo server sends back what it got, which is all the login we need here.
        reply = self.client.post("/echo", data="token-of-ada", name="login")
        self.token = str(reply.json()["body"]) if reply.ok else ""

    @task
    def browse(self) -> None:
        self.client.get("/json", headers=self.identity, name="browse")

    @task
    def order(self) -> None:
        basket = {"article": 7, "count": 2}
        self.client.post("/echo", json=basket, headers=self.identity, name="order")

    @task
    def leave(self) -> None:
        self.interrupt()

    @property
    def identity(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Customer(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.05, 0.2)
    tasks = [Shopping]  # noqa: RUF012 (the way Locust's users write it)
