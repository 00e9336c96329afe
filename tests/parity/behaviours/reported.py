"""What scripts report themselves: times, lengths and exceptions of every kind, and who listens."""

import logging

from locust import HttpUser, constant, events, task
from locust.exception import RescheduleTask, RescheduleTaskImmediately
from locust.event import EventHook


class Names(logging.Handler):
    def emit(self, record):
        if record.levelno >= logging.WARNING:
            print("log", record.name, record.levelname, record.getMessage().splitlines()[0])


@events.init.add_listener
def listen(**kw):
    logging.getLogger().addHandler(Names())


@events.test_stop.add_listener
def figures(environment, **kw):
    for row in environment.stats.entries.values():
        print(row.method, row.name, row.num_requests, row.num_none_requests, row.num_failures)
        print("  ", float(row.total_response_time), float(row.max_response_time))
        print("  ", int(row.total_content_length))
    for error in environment.stats.errors.values():
        text = error.error if isinstance(error.error, str) else repr(error.error)
        print(error.method, error.name, text, error.occurrences)


@events.test_start.add_listener
def fails(**kw):
    raise ValueError("listener")


class Reporter(HttpUser):
    wait_time = constant(0)

    def report(self, name, response_time=3, response_length=2, exception=None):
        self.environment.events.request.fire(
            request_type="RPC",
            name=name,
            response_time=response_time,
            response_length=response_length,
            exception=exception,
            context={},
        )

    @task
    def t(self):
        self.report("no time", response_time=None)
        self.report("fractions", response_time=1.5, response_length=2.5)
        self.report("text", exception="timed out")
        self.report("exception", exception=ValueError("v"))
        self.report("class", exception=KeyError)
        for nothing in ("", False, 0, None):
            self.report("success", exception=nothing)
        with self.client.get("/json", catch_response=True, name="push") as response:
            response.request_meta["response_time"] = None
        with self.client.get("/json", catch_response=True, name="set") as response:
            response.request_meta["response_time"] = 7
            response.request_meta["response_length"] = 5
        hook = EventHook()
        hook.add_listener(fails)
        hook._handlers.append(lambda **kw: print("called", kw))
        hook.fire(a=1)
        print(len(hook._handlers), fails in events.test_start._handlers)
        print(RescheduleTask(True).args, RescheduleTaskImmediately("why").args)
        self.environment.runner.quit()
