"""Messages of a local runner: order, unknown types, a type twice."""

from locust import User, constant, events, task


@events.init.add_listener
def _(environment, runner, **kw):
    def hear(environment, msg, **kw):
        print("heard", msg.type, msg.data, type(msg).__name__, sorted(kw))

    runner.register_message("one", hear)
    runner.register_message("two", hear, concurrent=True)
    try:
        runner.register_message("one", hear)
    except Exception as error:
        print("twice", str(error)[:40])
    runner.send_message("one", {"a": [1, 2]})
    print("after one")
    runner.send_message("two")
    print("after two")
    runner.send_message("nobody", 1)


class Quitter(User):
    wait_time = constant(0)

    @task
    def t(self):
        self.environment.runner.send_message("one", "from a task")
        self.environment.runner.quit()


@events.test_stopping.add_listener
def _(environment, **kw):
    print("stopping")


@events.quitting.add_listener
def first(environment, **kw):
    print("first listener")


@events.quitting.add_listener
def second(environment, **kw):
    print("second listener")


@events.quit.add_listener
def _(exit_code, **kw):
    print("quit", exit_code)
    raise ValueError("in a listener")
