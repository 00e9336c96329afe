"""FastHttpUser: names of calls with parameters, and what checks of JSON say."""

from locust import FastHttpUser, constant, events, task
from locust.exception import ResponseError


@events.request.add_listener
def _(request_type, name, exception, **kw):
    text = "" if exception is None else str(exception)
    if "KeyError" in text:
        text = text.split(":")[0], text.split(", ")[-1]  # frames of the client are between them
    print(request_type, name, type(exception).__name__, text)


class Checks(FastHttpUser):
    wait_time = constant(0)

    @task
    def t(self):
        self.client.get("/json", params={"page": 1, "q": "a b"})
        self.client.get("/json?x=1", params={"page": 2})
        self.client.get("/json", params={"page": 3}, name="named")
        with self.client.rename_request("renamed"):
            self.client.get("/json", params={"page": 4})
        with self.rest("GET", "/json", params={"page": 5}) as resp:
            print(sorted(resp.js))
        with self.rest("GET", "/json", name="message") as resp:
            assert resp.js["message"] == "x", "wrong message"
        with self.rest("GET", "/json", name="message and body") as resp:
            assert resp.js["message"] == "x", "wrong message,"
        with self.rest("GET", "/json", name="no message") as resp:
            assert resp.js["message"] == "x"
        with self.rest("GET", "/json", name="exception") as resp:
            print(resp.js["nope"])
        with self.rest("GET", "/bytes/5", name="no json") as resp:
            print(resp.js)
        with self.rest("GET", "/status/404", name="expected") as resp:
            resp.success()
        with self.rest_("GET", "/json?x=1"):
            pass
        with self.client.get("/bytes/4", catch_response=True, name="raised"):
            raise ResponseError("too small")
        self.environment.runner.quit()
