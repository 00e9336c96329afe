"""Locust's JSON, printed and in a file."""

import io
import json
from pathlib import Path

import pytest

from locust_like.outputs.base import RunResult
from locust_like.outputs.json_summary import JsonFile, JsonPrinter

KEYS = {
    "name",
    "method",
    "last_request_timestamp",
    "start_time",
    "num_requests",
    "num_none_requests",
    "num_failures",
    "num_cancelled",
    "total_response_time",
    "max_response_time",
    "min_response_time",
    "total_content_length",
    "response_times",
    "num_reqs_per_sec",
    "num_fail_per_sec",
}


def test_the_list_has_locusts_keys(result: RunResult) -> None:
    stream = io.StringIO()
    assert JsonPrinter(stream).finish(result) == ()
    entries = json.loads(stream.getvalue())
    assert [set(entry) for entry in entries] == [KEYS, KEYS]
    assert entries[0] == {
        "name": "/b",
        "method": "GET",
        "last_request_timestamp": None,
        "start_time": 1000.0,
        "num_requests": 3,
        "num_none_requests": 0,
        "num_failures": 1,
        "num_cancelled": 1,
        "total_response_time": 60.0,
        "max_response_time": 30.0,
        "min_response_time": 10.0,
        "total_content_length": 0,
        "response_times": {"10": 1, "20": 1, "30": 1},
        "num_reqs_per_sec": {"3": 4},
        "num_fail_per_sec": {"3": 1},
    }


def test_file_and_print_agree(tmp_path: Path, result: RunResult) -> None:
    stream, output = io.StringIO(), JsonFile(str(tmp_path / "deep" / "run"))
    output.start()
    JsonPrinter(stream).finish(result)
    assert output.finish(result) == (str(tmp_path / "deep" / "run.json"),)
    assert output.path.read_text() == stream.getvalue()


def test_a_place_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises(IsADirectoryError):
        JsonFile(str(tmp_path / "run")).start()
