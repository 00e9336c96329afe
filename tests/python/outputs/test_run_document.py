"""The document of `--summary`, and its schema."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from locust_like._core import Recorder
from locust_like.outputs.base import Moment, RunResult, ScriptException
from locust_like.outputs.run_document import OptionValue, Revision, RunDocument, RunFacts
from locust_like.stats.health import Blocker, Cause, RunHealth
from locust_like.stats.view import RequestStats

FACTS = RunFacts(
    host="http://127.0.0.1:8080",
    locustfiles=("locustfile.py",),
    user_classes=("Visitor",),
    options=(OptionValue("num_users", 5, "command line"), OptionValue("tags", ["a"], "default")),
    versions={"locust_like": "0", "python": "3"},
    machine={"hostname": "here", "system": "Linux 6", "architecture": "x86_64", "cpus": 2},
    revision=Revision("0123456789" * 4, True),
)
LATE = RunHealth("LATE", 1.0, 1.0, causes=(Cause("Python 98% busy", 1.0),))


@pytest.fixture
def schema(checkout: Path) -> Any:
    """Return the published schema, itself checked."""
    text = json.loads((checkout / "docs/summary.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(text)
    return text


@pytest.fixture
def counted() -> RunResult:
    """Return a run of three requests, reported by a script, of which one failed."""
    recorder = Recorder()
    for time_ms, failure in ((10.0, None), (20.0, None), (1000.0, "too late")):
        recorder.fire(
            request_type="SQL", name="select", response_time=time_ms, response_length=7,
            exception=failure,
        )  # fmt: skip
    stats = RequestStats(recorder=recorder).freeze()
    health = RunHealth("LATE", 12.0, 2.0, causes=LATE.causes, blockers=(Blocker("a.py:1", 2.0),))
    moment = Moment("stopped", 12.0, 30.0, 0, 5, stats, health)
    exceptions = (ScriptException(3, "KeyError: 'x'", "'x'", "Traceback\n", ("local",)),)
    return RunResult(
        moment, "time limit reached", exceptions, ("run.csv",), ("Visitor",), exit_code=1,
        start_wall_s=1700000000.25, end_wall_s=1700000012.25, unseen_health=LATE,
    )  # fmt: skip


def written(folder: Path, result: RunResult, facts: RunFacts = FACTS) -> Any:
    output = RunDocument(str(folder / "deep" / "run.json"), facts)
    output.start()
    assert output.finish(result) == (str(folder / "deep" / "run.json"),)
    return json.loads(output.path.read_text())


def test_it_is_as_the_schema_says(tmp_path: Path, schema: Any, counted: RunResult) -> None:
    jsonschema.validate(written(tmp_path, counted), schema)


def test_the_schema_would_notice(tmp_path: Path, schema: Any, counted: RunResult) -> None:
    document = written(tmp_path, counted)
    document["totals"]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(document, schema)


def test_a_run_without_anything(tmp_path: Path, schema: Any, counted: RunResult) -> None:
    stats = RequestStats().freeze()
    moment = Moment("ready", 0.0, None, 0, 0, stats, RunHealth())
    facts = replace(FACTS, host=None, revision=None, locustfiles=())
    document = written(tmp_path, RunResult(moment, "ended by the script"), facts)
    jsonschema.validate(document, schema)
    assert document["entries"] == document["errors"] == document["health"]["intervals"] == []
    assert document["totals"]["response_time"]["percentiles_ms"]["99.99"] is None


def test_the_run(tmp_path: Path, counted: RunResult) -> None:
    document = written(tmp_path, counted)
    run = document["run"]
    assert (run["start_time"], run["end_time"]) == (
        "2023-11-14T22:13:20.250Z",
        "2023-11-14T22:13:32.250Z",
    )
    assert (run["ending"], run["exit_code"], run["target_users"]) == ("time limit reached", 1, 5)
    assert run["revision"] == {"commit": "0123456789" * 4, "is_modified": True}
    assert document["options"][0] == {"name": "num_users", "value": 5, "origin": "command line"}
    assert document["exceptions"][0]["title"] == "KeyError: 'x'"
    assert (document["files"], document["unverified_users"]) == (["run.csv"], ["Visitor"])


def test_the_figures(tmp_path: Path, counted: RunResult) -> None:
    document = written(tmp_path, counted)
    (entry,) = document["entries"]
    assert (entry["num_requests"], entry["num_failures"], entry["content_bytes"]) == (3, 1, 21)
    times = entry["response_time"]
    assert (times["min_ms"], times["max_ms"], times["total_ms"]) == (10.0, 1000.0, 1030.0)
    assert times["percentiles_ms"]["50"] == pytest.approx(20.0, rel=0.008)
    assert sum(count for _, _, count in times["histogram_ms"]) == 3
    for (lower, upper, _), time_ms in zip(times["histogram_ms"], (10, 20, 1000), strict=True):
        assert lower <= time_ms <= upper
    assert document["totals"]["num_requests"] == 3
    assert "too late" in document["errors"][0]["text"]
    assert document["accounting"] == {
        "exchanges": 0, "calls": 0, "hops": 0, "challenges": 0, "retries": 0, "never_sent": 0,
        "by_scripts": 3, "difference": 0,
    }  # fmt: skip


def test_the_health_of_each_second(tmp_path: Path, counted: RunResult) -> None:
    output = RunDocument(str(tmp_path / "run.json"), FACTS)
    for second, health in enumerate((RunHealth("OK", 1.0), LATE, RunHealth()), 1):
        moment = replace(counted.moment, elapsed_s=float(second), health=health)
        output.tick(moment)
    output.finish(counted)
    health = json.loads(output.path.read_text())["health"]
    assert health["intervals"] == [
        {"elapsed_s": 1.0, "seconds": 1.0, "verdict": "OK", "causes": []},
        {"elapsed_s": 2.0, "seconds": 1.0, "verdict": "LATE", "causes": ["Python 98% busy"]},
        {"elapsed_s": 12.0, "seconds": 1.0, "verdict": "LATE", "causes": ["Python 98% busy"]},
    ]
    assert (health["verdict"], health["late_s"]) == ("LATE", 2.0)
    assert health["blockers"] == [{"place": "a.py:1", "seconds": 2.0}]


def test_another_run_in_the_same_process_has_a_health_of_its_own(
    tmp_path: Path, counted: RunResult
) -> None:
    output = RunDocument(str(tmp_path / "run.json"), FACTS)
    for second in (1, 2, 3, 1, 2):
        moment = replace(counted.moment, elapsed_s=float(second), health=RunHealth("OK", 1.0))
        output.tick(moment)
    output.finish(counted)
    intervals = json.loads(output.path.read_text())["health"]["intervals"]
    assert [one["elapsed_s"] for one in intervals] == [1.0, 2.0, counted.moment.elapsed_s]


def test_the_health_of_a_long_run_stays_small(tmp_path: Path, counted: RunResult) -> None:
    output = RunDocument(str(tmp_path / "run.json"), FACTS)
    for second in range(1, 5001):
        moment = replace(counted.moment, elapsed_s=float(second), health=RunHealth("OK", 1.0))
        output.tick(moment)
    output.finish(counted)
    intervals = json.loads(output.path.read_text())["health"]["intervals"]
    assert len(intervals) == 3601
    assert intervals[-2] == {"elapsed_s": 5000.0, "seconds": 1401.0, "verdict": "OK", "causes": []}


def test_a_place_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        RunDocument(str(tmp_path), FACTS).start()
