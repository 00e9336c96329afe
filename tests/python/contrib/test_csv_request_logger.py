"""One row for each request, whatever the request is."""

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.contrib.csv_request_logger import CSV_COLUMNS, CsvRequestLogger
from locust_like.events import Events


@pytest.fixture
def environment() -> Any:
    return SimpleNamespace(events=Events())


def fire(environment: Any, **changes: object) -> None:
    payload: dict[str, object] = {
        "request_type": "GET",
        "name": "/",
        "response_time": 1.234,
        "response_length": 5,
        "response": SimpleNamespace(status_code=200),
        "context": {},
        "exception": None,
        "start_time": 1000.25,
        "url": "http://127.0.0.1/",
    }
    environment.events.request.fire(**(payload | changes))


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_each_request_is_a_row(environment: Any, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    logger = CsvRequestLogger(str(path))
    logger.register(environment)
    assert rows(path) == [list(CSV_COLUMNS)]
    fire(environment)
    fire(environment, response=None, exception=ValueError("no"), response_time=None, name="=1+1")
    assert rows(path)[1:] == [
        ["1000.25", "GET", "/", "1.23", "5", "200", ""],
        ["1000.25", "GET", "'=1+1", "", "5", "0", "no"],
    ]
    logger.close()


def test_rows_are_written_by_the_number_that_is_asked_for(environment: Any, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    logger = CsvRequestLogger(str(path), flush_interval=3)
    logger.register(environment)
    fire(environment)
    fire(environment)
    assert len(rows(path)) == 1
    fire(environment)
    assert len(rows(path)) == 4
    fire(environment)
    logger.close()
    assert len(rows(path)) == 5


def test_nothing_is_written_after_the_end(environment: Any, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    logger = CsvRequestLogger(str(path))
    logger.close()
    logger.register(environment)
    environment.events.quitting.fire(environment=environment)
    logger.close()
    fire(environment)
    assert rows(path) == [list(CSV_COLUMNS)]
    assert environment.events.listener_failures == 0
