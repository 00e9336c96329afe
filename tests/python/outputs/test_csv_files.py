"""Locust's four CSV files."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from locust_like.outputs.base import Moment, RunResult, ScriptException
from locust_like.outputs.csv_files import CsvFiles, safe
from locust_like.stats.health import RunHealth
from locust_like.stats.view import FrozenStats

STATS_HEADER = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
    "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%"
)
HISTORY_HEADER = (
    "Timestamp,User Count,Type,Name,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,"
    "Total Request Count,Total Failure Count,Total Median Response Time,"
    "Total Average Response Time,Total Min Response Time,Total Max Response Time,"
    "Total Average Content Size,Generator Health"
)


@pytest.fixture
def files(tmp_path: Path) -> CsvFiles:
    made = CsvFiles(str(tmp_path / "new" / "run"), wall_clock=lambda: 1700000000.9)
    made.start()
    return made


def rows(files: CsvFiles, kind: str) -> list[dict[str, str]]:
    with files.paths[kind].open(newline="") as file:
        return list(csv.DictReader(file))


def test_names_and_headers(files: CsvFiles) -> None:
    heads = {path.name: path.read_text().splitlines() for path in files.paths.values()}
    assert heads == {
        "run_stats.csv": [STATS_HEADER],
        "run_stats_history.csv": [HISTORY_HEADER],
        "run_failures.csv": ["Method,Name,Error,Occurrences,First Seen,Last Seen"],
        "run_exceptions.csv": ["Count,Message,Traceback,Nodes"],
    }


def test_final_state(files: CsvFiles, result: RunResult) -> None:
    assert files.finish(result) == tuple(str(path) for path in files.paths.values())
    got = rows(files, "stats")
    assert [(r["Type"], r["Name"], r["Request Count"], r["Failure Count"]) for r in got] == [
        ("GET", "/b", "3", "1"),
        ("SQL", "select", "1", "0"),
        ("", "Aggregated", "4", "1"),
    ]
    assert (got[0]["50%"], got[0]["100%"], got[0]["Average Response Time"]) == ("20", "30", "20.0")
    assert rows(files, "exceptions") == [
        {
            "Count": "3",
            "Message": "'x'",
            "Traceback": "Traceback\n  line 1\n",
            "Nodes": "local",
        }
    ]


def test_failures_are_no_formulas(files: CsvFiles, result: RunResult) -> None:
    files.finish(result)
    (failure,) = rows(files, "failures")
    assert failure["Error"] == "'=cmd()\nsecond line"
    assert failure["First Seen"] == "1970-01-01T00:00:00Z"
    assert failure["Last Seen"] == "1970-01-01T00:01:00Z"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formula_starts_are_escaped(text: str) -> None:
    assert safe(text) == "'" + text


def test_other_texts_stay(files: CsvFiles) -> None:
    assert safe("GET /a=b") == "GET /a=b"


def test_history_grows_each_tick(files: CsvFiles, moment: Moment, result: RunResult) -> None:
    files.tick(moment)
    files.tick(moment)
    files.finish(result)
    got = rows(files, "stats_history")
    assert len(got) == 3
    last = got[-1]
    assert (last["Timestamp"], last["User Count"], last["Name"]) == (
        "1700000000",
        "5",
        "Aggregated",
    )
    assert (last["Total Request Count"], last["Requests/s"]) == ("4", "0.400000")


def test_the_last_row_is_written_without_any_tick(files: CsvFiles, result: RunResult) -> None:
    files.finish(result)
    (row,) = rows(files, "stats_history")
    assert (row["Total Request Count"], row["Generator Health"]) == ("4", "OK")


def test_a_history_row_has_the_verdict_of_its_own_second(
    files: CsvFiles, moment: Moment, result: RunResult
) -> None:
    files.tick(moment)
    files.finish(replace(result, unseen_health=RunHealth("INVALID", 1.0)))
    verdicts = [row["Generator Health"] for row in rows(files, "stats_history")]
    assert verdicts == ["LATE", "INVALID"]


def test_a_full_history_has_a_row_for_each_entry(tmp_path: Path, moment: Moment) -> None:
    files = CsvFiles(str(tmp_path / "run"), full_history=True, wall_clock=lambda: 1.0)
    files.start()
    files.tick(moment)
    got = rows(files, "stats_history")
    assert [(row["Type"], row["Name"], row["Total Request Count"]) for row in got] == [
        ("GET", "/b", "3"),
        ("SQL", "select", "1"),
        ("", "Aggregated", "4"),
    ]
    assert got[0]["50%"] == "20"


def test_raw_texts_are_not_escaped(tmp_path: Path, result: RunResult) -> None:
    files = CsvFiles(str(tmp_path / "run"), raw=True)
    files.start()
    files.finish(result)
    assert rows(files, "failures")[0]["Error"] == "=cmd()\nsecond line"
    assert rows(files, "exceptions")[0]["Message"] == "'x'"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_no_text_column_is_a_formula(tmp_path: Path, fake_core: Any, name: str) -> None:
    """Type, name and error of every table, and the exceptions."""
    entry = fake_core.Entry(name, name, [1.0])
    error = fake_core.Error(name, name, text=name)
    snapshot = fake_core.Snapshot(entries=[entry], errors=[error], total=entry)
    stats = FrozenStats(snapshot, snapshot, lambda _method, _name: [])
    moment = Moment("running", 1.0, None, 1, 1, stats, RunHealth())
    exceptions = (ScriptException(1, name, name, name, (name,)),)
    files = CsvFiles(str(tmp_path / "run"), full_history=True)
    files.start()
    files.finish(RunResult(moment, "ended", exceptions))
    texts = [
        *(rows(files, "stats")[0][column] for column in ("Type", "Name")),
        *(rows(files, "stats_history")[0][column] for column in ("Type", "Name")),
        *(rows(files, "failures")[0][column] for column in ("Method", "Name", "Error")),
        *(rows(files, "exceptions")[0][column] for column in ("Message", "Traceback", "Nodes")),
    ]
    assert texts == ["'" + name] * len(texts)


def test_before_the_first_request_percentiles_are_not_available(
    files: CsvFiles, moment: Moment, snapshot: object
) -> None:
    moment.stats.snapshot().total.times_ms.clear()  # type: ignore[attr-defined]  # the fake's
    files.tick(moment)
    assert rows(files, "stats_history")[0]["99.9%"] == "N/A"


def test_tables_are_replaced_each_fifth_tick(files: CsvFiles, moment: Moment) -> None:
    for _ in range(4):
        files.tick(moment)
    assert rows(files, "stats") == []
    files.tick(moment)
    assert len(rows(files, "stats")) == 3


def test_nothing_but_the_four_files_is_left(files: CsvFiles, result: RunResult) -> None:
    files.finish(result)
    folder = files.paths["stats"].parent
    assert len(list(folder.iterdir())) == 4


def test_a_place_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        CsvFiles(str(tmp_path / "file" / "run")).start()
