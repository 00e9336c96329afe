"""How exceptions steer a user: reschedule, interrupt, stop; on_start and on_stop in their order."""

from locust import SequentialTaskSet, TaskSet, User, constant, events, task
from locust.exception import (
    InterruptTaskSet,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopUser,
)


class Inner(TaskSet):
    def on_start(self):
        print("  inner on_start", type(self.parent).__name__, type(self.user).__name__)

    def on_stop(self):
        print("  inner on_stop")

    @task
    def work(self):
        print("  inner work")
        self.interrupt(reschedule=self.parent.reschedule)


class Story(SequentialTaskSet):
    reschedule = True

    def wait_time(self):
        print(" wait")
        return 0

    def on_start(self):
        print("story on_start")

    def on_stop(self):
        print("story on_stop")

    @task
    def plain(self):
        print("plain")

    @task
    def rescheduled(self):
        print("rescheduled")
        raise RescheduleTask()

    @task
    def immediately(self):
        print("immediately")
        raise RescheduleTaskImmediately()

    tasks = [Inner]

    @task
    def then_with_wait(self):
        print("then")
        self.reschedule = False

    @task
    class Second(Inner):
        pass

    @task
    def raises(self):
        print("raises")
        raise KeyError("k")

    @task
    def scheduled(self):
        print("scheduled")
        self.schedule_task(self.extra)
        self.schedule_task(loose, first=True)

    def extra(self):
        print("extra")

    @task
    def last(self):
        print("last")
        raise StopUser()


def loose(l):
    print("loose", type(l).__name__)


@events.user_error.add_listener
def _(user_instance, exception, tb, **kw):
    print("user_error", type(user_instance).__name__, repr(exception), tb is not None, sorted(kw))


class Teller(User):
    wait_time = constant(0)
    tasks = [Story]

    def on_start(self):
        print("user on_start")

    def on_stop(self):
        print("user on_stop")
        self.environment.runner.quit()


@events.quit.add_listener
def _(exit_code, **kw):
    print("exit", exit_code)
