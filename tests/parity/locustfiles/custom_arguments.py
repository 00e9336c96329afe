"""Arguments of the script's own, with choices, secrets and variables."""

from locust import HttpUser, constant, events, task


@events.init_command_line_parser.add_listener
def _(parser):
    parser.add_argument(
        "--my-argument", type=str, env_var="LOCUST_MY_ARGUMENT", default="", help="It"
    )
    parser.add_argument(
        "--env", choices=["dev", "staging", "prod"], default="dev", help="Environment"
    )
    parser.add_argument("--sizes", nargs="+", choices=["1", "2"], is_multiple=True, default=["1"])
    parser.add_argument("--my-ui-password", is_secret=True, default="a password")
    parser.add_argument("--my-ui-invisible", include_in_web_ui=False, default="I am invisible")
    parser.add_argument("--needed", is_required=True, default="x")


@events.test_start.add_listener
def _(environment, **kw):
    print(f"Custom argument supplied: {environment.parsed_options.my_argument}")


class WebsiteUser(HttpUser):
    wait_time = constant(0.05)

    @task
    def my_task(self):
        options = self.environment.parsed_options
        self.client.get(
            "/", name=f"{options.env} {options.my_argument}", headers={"X": options.my_ui_password}
        )
