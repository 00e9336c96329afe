"""Classes with weights, exact counts and a common abstract base; tags on classes and tasks."""

from locust import HttpUser, TaskSet, constant, events, tag, task


class Base(HttpUser):
    abstract = True
    wait_time = constant(0.02)

    @task
    def common(self):
        self.client.get("/", name="common")

    @tag("never")
    @task(1000)
    def never(self):
        self.client.get("/status/500")


class Admin(Base):
    fixed_count = 1

    @tag("admin", "slow")
    @task
    def audit(self):
        self.client.get("/json", name="audit")


class Guest(Base):
    weight = 3

    @tag("read")
    @task
    class Reading(TaskSet):
        @task
        def read(self):
            self.client.get("/json", name="read")
            self.interrupt()


class Buyer(Base):
    weight = 0.5


@events.spawning_complete.add_listener
def _(user_count, **kwargs):
    print("users", user_count)


@events.quitting.add_listener
def show(environment, **kwargs):
    print(sorted(environment.runner.user_classes_count))
