"""Options of your own on the command line, in LOCUST_* variables and in configuration files.

locust-like -f examples/custom_arguments.py --headless -t 10s --page-size 500 --region north
LOCUST_PAGE_SIZE=500 locust-like -f examples/custom_arguments.py --headless -t 10s
"""

from typing import Any

from locust import HttpUser, between, events, task


@events.init_command_line_parser.add_listener
def add_arguments(parser: Any) -> None:
    parser.add_argument("--page-size", type=int, default=100, help="Bytes of each page.")
    parser.add_argument("--region", choices=["north", "south"], default="south")
    # Not shown in reports and in `locust-like config show`.
    parser.add_argument("--api-key", default="none", is_secret=True)


class Visitor(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.05, 0.1)

    def on_start(self) -> None:
        options = self.environment.parsed_options
        self.page = f"/bytes/{options.page_size}"
        self.client.headers.update({"X-Region": options.region, "X-Api-Key": options.api_key})

    @task
    def fetch(self) -> None:
        self.client.get(self.page, name="page")
