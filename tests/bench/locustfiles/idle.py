from locust import FastHttpUser, constant, task


class Idle(FastHttpUser):
    wait_time = constant(600)

    @task
    def t(self) -> None:
        self.client.get("/")
