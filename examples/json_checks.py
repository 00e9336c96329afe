"""Look into JSON replies: a 200 whose content is wrong counts as a failure, with a useful text."""

import json
from typing import Any

from locust import HttpUser, constant, task


def flaw_of(order: Any) -> str:
    """Return what is wrong with an order, "" if nothing is."""
    if not isinstance(order, dict):
        return f"expected an object, got {type(order).__name__}"
    if order.get("state") not in {"open", "paid"}:
        return f"unknown state {order.get('state')!r}"
    if not order.get("items"):
        return "an order without items"
    return ""


class Checker(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.1)

    @task
    def order(self) -> None:
        sent = {"state": "open", "items": [{"article": 7, "count": 2}]}
        # The demo server sends the body back as it was.
        with self.client.post(
            "/echo?raw=1", json=sent, name="order", catch_response=True
        ) as response:
            try:
                flaw = flaw_of(response.json())
            except json.JSONDecodeError as error:
                flaw = f"no JSON: {error}"
            # One text for one kind of mistake: failures are grouped by it.
            if flaw:
                response.failure(flaw)
