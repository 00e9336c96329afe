"""Log in through a form, as a browser does: its hidden token and its button are sent, too."""

from locust import HttpUser, constant, task

PAGE = """
<h1>Welcome</h1>
<form action="/echo?raw=1" method="post">
  <input type="hidden" name="csrf" value="b6f1">
  <input name="user"> <input type="password" name="password">
  <label><input type="checkbox" name="remember" value="yes"> stay here</label>
  <button name="action" value="log-in">Log in</button>
</form>
"""


class Member(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.1)

    @task
    def log_in(self) -> None:
        # The demo server has no pages, so it gets one, and sends it back as it was.
        page = self.client.post(
            "/echo?raw=1", data=PAGE, headers={"Content-Type": "text/html"}, name="page"
        )
        assert page.html.css_first("h1").text() == "Welcome"
        with self.client.submit_form(
            page,
            {"user": "ada", "password": "secret", "remember": True},
            name="log in",
            catch_response=True,
        ) as answer:
            if answer.text != "csrf=b6f1&user=ada&password=secret&remember=yes&action=log-in":
                answer.failure(f"not what a browser sends: {answer.text}")
