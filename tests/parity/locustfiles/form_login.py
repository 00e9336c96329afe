"""A form that redirects: the final URL, the history and one row for the chain."""

from locust import HttpUser, constant, task


class WebsiteUser(HttpUser):
    wait_time = constant(0.05)

    @task
    def login(self):
        with self.client.post(
            "/redirect/2", {"username": "u", "password": "p"}, catch_response=True, name="login"
        ) as resp:
            if resp.url.endswith("/redirect/2") or len(resp.history) != 2:
                resp.failure(f"Not logged in: {resp.url} {resp.history}")

    @task
    def first_hop_only(self):
        resp = self.client.get("/redirect/1", allow_redirects=False, name="hop")
        assert resp.is_redirect and resp.status_code in (301, 302), resp.status_code
