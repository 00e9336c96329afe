from locust import HttpUser, task


class Checked(HttpUser):
    @task
    def t(self) -> None:
        with self.client.get("/", catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"status {response.status_code}")
