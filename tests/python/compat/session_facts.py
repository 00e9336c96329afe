"""Prints what happens where a script puts a `request` of its own in; Locust and ours agree."""

# A script of users prints.
# ruff: noqa: T201
# There is no locust for the type checker.
# mypy: disable-error-code="misc"

import sys
from typing import Any

from locust import FastHttpUser, HttpUser
from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession
from locust.env import Environment

URL = sys.argv[1]
environment = Environment()


class Told(HttpSession):
    def request(self, method: str, url: str, *args: Any, tell: str = "", **kwargs: Any) -> Any:
        print("Told", method, url, tell, kwargs.get("json"))
        return super().request(method, url, *args, **kwargs)


class FastTold(FastHttpSession):
    def request(self, method: str, url: str, *args: Any, tell: str = "", **kwargs: Any) -> Any:
        print("FastTold", method, url, tell, kwargs.get("json"))
        return super().request(method, url, *args, **kwargs)


class Visitor(HttpUser):
    host = URL


class FastVisitor(FastHttpUser):
    host = URL


def wrap(client: Any) -> Any:
    wrapped = client.request

    def request(method: str, url: str, *args: Any, tell: str = "", **kwargs: Any) -> Any:
        print("wrapped", method, url, tell, kwargs.get("json"))
        return wrapped(method, url, *args, **kwargs)

    client.request = request
    return client


for client in (
    Told(URL, environment.events.request, None),
    FastTold(URL, environment.events.request, None),
    wrap(Visitor(environment).client),
    wrap(FastVisitor(environment).client),
):
    for verb in ("get", "delete", "head", "options"):
        print(getattr(client, verb)("/json", tell=verb).status_code)
    for verb in ("post", "put", "patch"):
        print(getattr(client, verb)("/echo", json={"a": 1}, tell=verb).status_code)

environment.create_local_runner()
user = Visitor(environment)
print(user.client.request("get", "/json").status_code)
for changes in (
    {"name": "a name", "response_time": 12.5},
    {"request_type": "RPC"},
    {"name": "long", "response_length": 7},
    {"context": {"a": 1}, "request_type": "RPC", "name": "all", "response_time": 9},
):
    with user.client.get("/json", catch_response=True) as response:
        response.request_meta.update(changes)
for name, method in (("a name", "GET"), ("/json", "RPC"), ("long", "GET"), ("all", "RPC")):
    row = environment.stats.get(name, method)
    given = [row.total_response_time == one for one in (9, 12.5)]
    print(name, method, row.num_requests, given, row.total_content_length)
print(len(FastVisitor(environment).client.get("/bytes/100", stream=True).stream.read()))
