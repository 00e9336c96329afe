"""Task sets written inside each other; interrupt() leads back."""

from locust import HttpUser, TaskSet, between, task


class WebsiteUser(HttpUser):
    wait_time = between(0.01, 0.02)

    @task
    def index(self):
        self.client.get("/", name="index")

    @task(2)
    class Forum(TaskSet):
        @task
        def view(self):
            self.client.get("/json", name="forum")

        @task
        class Thread(TaskSet):
            @task
            def post(self):
                assert self.parent.parent is self.user
                self.client.post("/echo", "text", name="thread")
                self.interrupt(reschedule=False)

        @task
        def stop(self):
            self.interrupt()
