"""Locustfiles of the kinds that people have, written after Locust's documentation, run unchanged.

Each runs for a second against the demo server, two at a time.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from .programs import OURS, Finished, finished

FOLDER = Path(__file__).parent / "locustfiles"
LOAD = ("-u", "5", "-r", "100", "-t", "1s")


class Expected(NamedTuple):
    """What a locustfile must have done: rows, those of them that fail, words that it prints."""

    rows: set[str]
    failing: frozenset[str] = frozenset()
    printed: str = ""
    options: tuple[str, ...] = ()
    code: int = 0


LIFECYCLE = """event: init
event: test_start
event: on_start
event: spawning_complete
event: request GET / 200 {'who': 'me', 'what': 'root'} None
event: user_error ValueError('broken task')
event: test_stopping
event: on_stop
event: test_stop
event: quitting
event: quit 1
"""
EXPECTED = {
    "quickstart": Expected({"/", "/json", "/item", "/login"}),
    "task_set_with_functions": Expected(
        {"/", "/json", "/status/404", "enter"}, printed="left WebsiteUser"
    ),
    "sequential": Expected({"1 open", "2 look", "3 pay"}),
    "nested_inline": Expected({"index", "forum", "thread"}),
    "markov": Expected({"home", "catalogue", "product", "cart", "pay"}),
    "shape_stages": Expected({"/"}, options=("-t", "30s")),
    "shape_options": Expected(
        {"t"},
        printed="none ['x', 'y'] True 2.5\n5 100.0 3\n['t']",
        options=("-t", "3s", "--sizes", "x", "y", "--flag"),
    ),
    "custom_messages": Expected(set("12345"), printed="Thanks for the 5 users!"),
    "manual_reporting": Expected(
        {"block", "measured", "failing"}, failing=frozenset({"failing"}), code=1
    ),
    "fast_http": Expected({"/", "/json", "/echo", "wrong"}, failing=frozenset({"wrong"}), code=1),
    "custom_arguments": Expected(
        {"prod it"},
        printed="Custom argument supplied: it",
        options=("--my-argument", "it", "--env", "prod", "--sizes", "1", "2"),
    ),
    "shape_user_classes": Expected({"A", "B"}, printed="complete with 5"),
    "shape_wait_user_count": Expected({"/"}, printed="step done with 4"),
    "lambda_wait_time": Expected({"slow", "quick"}),
    "rows_of_csv": Expected({"/bytes"}),
    "semaphore_wait": Expected({"/"}, printed="released 5"),
    "stop_on_threshold": Expected(
        {"fails"}, failing=frozenset({"fails"}), printed="fail ratio was 1.0, quitting", code=7
    ),
    "xmlrpc_client": Expected({"get_time", "divide"}, failing=frozenset({"divide"}), code=1),
    "headers_in_init": Expected({"echo"}),
    "dynamic_credentials": Expected({"/", "/login"}),
    "response_validations": Expected(
        {"rest", "raised", "forgiven"},
        failing=frozenset({"rest", "raised"}),
        printed="after failures: 0",
    ),
    "open_and_closed": Expected({"closed", "open", "throughput"}),
    "form_login": Expected({"login", "hop"}),
    "request_names": Expected({"by attribute", "by block", "absolute", "/bytes/6?q=1"}),
    "fixed_weights_abstract": Expected(
        {"common", "audit", "read"}, printed="users 5", options=("--exclude-tags", "never")
    ),
    "lifecycle": Expected({"/"}, printed=LIFECYCLE, code=1),
    "plain_requests_in_tasks": Expected({"parallel", "urllib"}),
    "stop_user": Expected({"/"}, printed="ended [3, 3, 3, 3, 3]", options=("-t", "30s")),
    "pytest_style": Expected(
        {"by session", "by fastsession"}, failing=frozenset({"by fastsession"}), code=1
    ),
    "exit_code_rules": Expected(
        {"fails"}, failing=frozenset({"fails"}), printed="all failed: True", code=3
    ),
}

Run = Callable[[str], Finished]


@pytest.fixture(scope="module")
def run_of(
    request: pytest.FixtureRequest, target_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """Start what this session asks for, two at a time, and return each when it has ended."""
    asked = [
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path == Path(__file__)
        and hasattr(item, "callspec")
    ]
    pool = ThreadPoolExecutor(max_workers=2)
    futures: dict[str, Future[Finished]] = {}
    for name in dict.fromkeys(asked):
        folder = tmp_path_factory.mktemp(name)
        options = (*LOAD, "-H", target_url, *EXPECTED[name].options)
        futures[name] = pool.submit(finished, OURS, FOLDER / f"{name}.py", folder, *options)
    return lambda name: futures[name].result()


def test_every_locustfile_has_an_expectation() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_locustfile_runs_unchanged(name: str, run_of: Run) -> None:
    run, expected = run_of(name), EXPECTED[name]
    assert run.code == expected.code, run.stderr
    assert set(run.rows) == expected.rows | {"Aggregated"}, run.stderr
    assert all(int(row["Request Count"]) > 0 for row in run.rows.values())
    failing = {name for name, row in run.rows.items() if int(row["Failure Count"])}
    assert failing - {"Aggregated"} == expected.failing
    assert expected.printed in run.stdout
    assert ("Traceback" in run.stderr) == (name == "lifecycle")
