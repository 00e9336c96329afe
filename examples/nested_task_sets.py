"""Task sets in task sets: a user enters the forum, perhaps a thread in it, and leaves again."""

from locust import HttpUser, TaskSet, between, task


class Thread(TaskSet):
    @task(3)
    def read(self) -> None:
        self.client.get("/json", name="thread: read")

    @task
    def back_to_the_forum(self) -> None:
        # Without this a user would stay in the thread until the end of the run.
        self.interrupt()


class Forum(TaskSet):
    # A task set is a task of the set, or user, that holds it; 2 is its weight.
    tasks = {Thread: 2}  # noqa: RUF012 (the way Locust's users write it)

    def on_start(self) -> None:
        self.client.get("/", name="forum: enter")

    @task
    def front_page(self) -> None:
        self.client.get("/bytes/500", name="forum: list")

    @task
    def leave(self) -> None:
        # False: the user waits before its next task, as after any task.
        self.interrupt(reschedule=False)


class Reader(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.01, 0.05)
    tasks = [Forum]  # noqa: RUF012 (as above)
