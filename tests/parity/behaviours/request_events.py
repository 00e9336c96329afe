"""What listeners of `request` get for each kind of call, and how the calls are named."""

from locust import FastHttpUser, HttpUser, SequentialTaskSet, constant, events, task


@events.request.add_listener
def _(*, exception, response_time, response_length, start_time, url, response, **kw):
    timed = response_time is not None and response_time >= 0 and start_time > 1e9
    print(
        sorted(kw.items()), response_length, timed, url and url.partition("//")[2].partition("/")[2]
    )
    print("  ", exception if exception is None else repr(exception)[:90])


class Calls(SequentialTaskSet):
    @task
    def plain(self):
        r = self.client.get("/bytes/7?x=1")
        print("body", len(r.content), r.status_code, r.ok, r.encoding)

    @task
    def posted(self):
        r = self.client.post("/bytes/3", json={"a": 1}, name="posted", context={"b": 2})
        print("sent", r.request.body)

    @task
    def failed(self):
        r = self.client.get("/status/404", name="missing")
        print("ok", r.ok, r.status_code)

    @task
    def judged(self):
        with self.client.get("/bytes/5", catch_response=True) as r:
            r.failure("too short")
        with self.client.get("/status/500", catch_response=True) as r:
            r.success()
        with self.client.get("/bytes/6", catch_response=True) as r:
            r.failure("no")
            r.success()

    @task
    def unjudged(self):
        try:
            with self.client.get("/bytes/8", catch_response=True) as r:
                raise KeyError("k")
        except KeyError as error:
            print("propagates", repr(error))

    @task
    def meta(self):
        with self.client.get("/bytes/9", catch_response=True) as r:
            r.request_meta["name"] = "renamed"
            r.request_meta["context"] = {"set": 1}

    @task
    def redirected(self):
        self.client.get("/redirect/1")

    @task
    def measured(self):
        with self.user.environment.events.request.measure("M", "measured", context={"c": 1}) as m:
            m["response_length"] = 5
            raise ValueError("v")

    @task
    def end(self):
        self.interrupt()


class Slow(HttpUser):
    fixed_count = 1
    wait_time = constant(0)
    tasks = [Calls]

    def context(self):
        return {"user": "slow"}

    @task
    def quit(self):
        pass


class Once(Calls):
    @task
    def quit(self):
        self.user.environment.runner.quit()


Slow.tasks = [Once]
Once.tasks.remove(Calls.end)
