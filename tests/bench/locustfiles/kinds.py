"""One user class for each kind of request that is compared; its name goes on the command line."""

import json

from locust import HttpUser, task

# 10 KB, as post.lua has them.
ITEMS = [{"id": 100 + n, "name": "a name of some length", "price": 12.5} for n in range(160)]
JSON = json.dumps(ITEMS).encode()


class Plain(HttpUser):
    @task
    def t(self) -> None:
        self.client.get("/")


class Failing(HttpUser):
    @task
    def t(self) -> None:
        self.client.get("/failing")


class OneStream(HttpUser):
    http_version = "h2c"

    @task
    def t(self) -> None:
        self.client.get("/")


class ManyStreams(OneStream):
    shared_connections = 1  # the streams of all users


class PostBytes(HttpUser):
    @task
    def t(self) -> None:
        self.client.post("/", data=JSON, headers={"Content-Type": "application/json"})


class PostJson(HttpUser):
    @task
    def t(self) -> None:
        self.client.post("/", json=ITEMS)


class Download(HttpUser):
    @task
    def t(self) -> None:
        self.client.get("/download")


class Gzip(HttpUser):
    @task
    def t(self) -> None:
        self.client.get("/gzip")


class GzipRead(HttpUser):
    @task
    def t(self) -> None:
        assert self.client.get("/gzip").text


class Cookie(HttpUser):
    @task
    def t(self) -> None:
        self.client.get("/cookie")


class NewConnection(HttpUser):
    no_connection_reuse = True

    @task
    def t(self) -> None:
        self.client.get("/")


class NewConnectionResumed(NewConnection):
    tls_resumption = True
