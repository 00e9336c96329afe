from locust_like import HttpUser, task


class Plain(HttpUser):
    @task
    def t(self) -> None:
        self.client.get("/")
