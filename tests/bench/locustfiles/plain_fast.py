from locust import FastHttpUser, task


class Plain(FastHttpUser):
    @task
    def t(self) -> None:
        self.client.get("/")
