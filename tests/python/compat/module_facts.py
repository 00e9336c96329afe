"""Prints what the smaller modules of Locust do for a script; Locust and ours agree."""

# A script of users prints.
# ruff: noqa: T201
# There is no locust for the type checker.
# mypy: disable-error-code="misc,untyped-decorator"

import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import locust
from locust import FastHttpUser, User, argument_parser, events, task
from locust.contrib import fasthttp
from locust.env import Environment
from locust.html import get_html_report, process_html_filename
from locust.input_events import input_listener
from locust.stats import StatsCSV

URL = sys.argv[1]
HERE = str(Path(__file__).resolve())


@events.init_command_line_parser.add_listener
def add_arguments(parser: Any) -> None:
    parser.add_argument("--plain", help="a text", default="x")
    parser.add_argument("--hidden", is_secret=True, help="a secret", default="s")
    parser.add_argument("--inner", include_in_web_ui=False)
    parser.add_argument("--one", choices=["1", "2"], default="1", is_required=True, help="one")
    parser.add_argument("--many", choices=["1", "2"], is_multiple=True, default=["1"], help="many")


class Visitor(User):
    @task
    def look(self) -> None:
        pass


class FastVisitor(FastHttpUser):
    host = URL


def refused(call: Callable[[str], object], text: str) -> None:
    try:
        print("taken", call(text))
    except ArgumentTypeError:
        print("refused", text)


for name, row in argument_parser.ui_extra_args_dict(["--plain", "7"]).items():
    print(name, row)
print("plain" in argument_parser.default_args_dict())
options = argument_parser.parse_locustfile_option(["-f", HERE, "--plain", "1", "-u", "3"])
print(options.locustfile == HERE)
print(argument_parser.get_locustfiles_locally(options) == [HERE])
print(argument_parser.parse_locustfile_paths([HERE]) == [HERE])
for text in ("3", "0", "x"):
    refused(argument_parser.positive_integer, text)
for text in ("2.5", "0", "inf", "-1"):
    refused(argument_parser.gt_zero(float), text)
for text in ('{"user_class_name": "X"}', '[{"user_class_name": "X"}]', "{}", "no JSON"):
    refused(argument_parser.json_user_config, text)
for text in ("1h20m", "20", "soon"):
    refused(argument_parser.timespan, text)

environment = Environment(user_classes=[Visitor], host="http://127.0.0.1:1")
environment.create_local_runner()
page = get_html_report(environment, show_download_link=False)
print("<html" in page, "</html>" in page, len(get_html_report(environment, theme="dark")) > 1000)
table = StatsCSV(environment, [0.5, 0.99])
print(table.requests_csv_columns, table.failures_columns, table.exceptions_columns)
named = SimpleNamespace(html_file="{u}_{r}_{t}.html", num_users=5, spawn_rate=2.5, run_time=30)
process_html_filename(named)
print(named.html_file)
print(input_listener({"x": print})())

lost = FastVisitor(Environment()).client.get("http://127.0.0.1:1/")
print(isinstance(lost, fasthttp.ErrorResponse), isinstance(lost.error, fasthttp.FAILURE_EXCEPTIONS))
found = FastVisitor(Environment()).client.get("/status/404")
print(isinstance(found, fasthttp.ErrorResponse))
try:
    found.raise_for_status()
except fasthttp.LocustBadStatusCode:
    print("bad status")
print(type(fasthttp.insecure_ssl_context_factory()).__name__)
print(locust.html.__name__, locust.input_events.__name__, locust.argument_parser.__name__)
