"""Two runs side by side."""

import json
from pathlib import Path
from typing import Any

import pytest

from locust_like.outputs.comparison import comparison, read_summary


def entry(name: str, requests: int = 2000, **changes: Any) -> dict[str, Any]:
    made = {"method": "GET", "name": name, "num_requests": requests, "num_failures": 0}
    times = {"percentiles_ms": {"50": 1.0, "95": 2.0, "99": 4.0, "100": 9.0}}
    return {**made, "requests_per_s": 100.0, "response_time": times, **changes}


def document(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    run: dict[str, object] = {
        "start_time": "2026-01-02T03:04:05.000Z",
        "elapsed_s": 60.0,
        "target_users": 10,
    }
    made: dict[str, Any] = {
        "format": "locust_like.summary",
        "format_version": 1,
        "run": {**run, "degraded": False, "host": "http://a"},
        "totals": {**entry("Aggregated"), "method": ""},
        "entries": entries or (entry("/"),),
        "health": {"verdict": "OK", "causes": []},
        "options": [{"name": "num_users", "value": 10}],
        "versions": {"locust_like": "0.1.0"},
        "machine": {"hostname": "one", "cpus": 2},
    }
    for path, value in changes.items():
        part, _, name = path.partition("__")
        made[part] = {**made[part], name: value} if name else value
    return made


def compared(tmp_path: Path, old: dict[str, Any], new: dict[str, Any]) -> str:
    summaries = []
    for name, content in (("old", old), ("new", new)):
        (tmp_path / name).write_text(json.dumps(content))
        summaries.append(read_summary(tmp_path / name))
    return "\n".join(comparison(summaries[0], summaries[1], 80))


def test_equal_runs_leave_no_doubt(tmp_path: Path) -> None:
    text = compared(tmp_path, document(), document())
    assert "Before you believe it" not in text
    assert [line for line in text.splitlines() if len(line) > 80] == []
    row = next(line for line in text.splitlines() if line.startswith("GET /"))
    assert row.split() == [
        *("GET", "/", "100", "+0%", "1.00", "+0%", "2.00", "+0%", "4.00", "+0%"),
        *("0.00%", "0.00%"),
    ]


def test_changes_are_shares_of_the_old_run(tmp_path: Path) -> None:
    times = {"percentiles_ms": {"50": 0.5, "95": 2.5, "99": 44.0}}
    new = entry("/", requests_per_s=90.0, num_failures=20, response_time=times)
    text = compared(tmp_path, document(), document(new))
    row = next(line for line in text.splitlines() if line.startswith("GET /"))
    assert row.split()[2:] == [
        *("90.0", "-10%", "0.50", "-50%", "2.50", "+25%", "44.0", "x11", "1.00%", "0.00%"),
    ]


def test_names_of_one_run_only(tmp_path: Path) -> None:
    text = compared(tmp_path, document(entry("/gone")), document(entry("/new")))
    row = next(line for line in text.splitlines() if line.startswith("GET /new"))
    assert row.split()[2:] == ["100", "-", "1.00", "-", "2.00", "-", "4.00", "-", "0.00%", "-"]
    assert "- only in the old run: GET /gone" in text
    assert "- only in the new run: GET /new" in text


def test_a_name_without_times(tmp_path: Path) -> None:
    empty = entry("/", 0, requests_per_s=0.0, response_time={"percentiles_ms": {"50": None}})
    text = compared(tmp_path, document(empty), document(empty))
    row = next(line for line in text.splitlines() if line.startswith("GET /"))
    assert row.split()[2:] == ["0.00", "-", "-", "-", "-", "-", "-", "-", "0.00%", "0.00%"]


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        (
            {"health": {"verdict": "LATE", "causes": [{"text": "Python saturated"}]}},
            "- the generator of the new run was LATE: Python saturated",
        ),
        ({"run__degraded": True}, "- the new run lost a worker"),
        ({"run__elapsed_s": 90.0}, "- one ran 1:00, the other 1:30"),
        ({"run__host": "http://b"}, "- host: http://a and http://b"),
        ({"run__target_users": 20}, "- users at the end: 10 and 20"),
        ({"versions__locust_like": "0.2.0"}, "- locust_like: 0.1.0 and 0.2.0"),
        ({"machine__cpus": 8}, "- generator: one with 2 CPUs and one with 8 CPUs"),
        ({"options": [{"name": "num_users", "value": 5}]}, "- option num_users: 10 and 5"),
        ({"entries": [entry("/", 900)]}, "- p99 of fewer than 1,000 requests is chance: GET /"),
    ],
)
def test_what_else_may_be_the_reason(tmp_path: Path, changes: dict[str, Any], doubt: str) -> None:
    assert doubt in compared(tmp_path, document(), document(**changes))


def test_where_results_went_does_not_matter(tmp_path: Path) -> None:
    options = [{"name": "num_users", "value": 10}, {"name": "summary_file", "value": "b.json"}]
    assert "option" not in compared(tmp_path, document(), document(options=options))


def test_many_names_are_counted(tmp_path: Path) -> None:
    many = document(*(entry(f"/{n}", 10) for n in range(8)))
    assert "GET /4 and 3 more" in compared(tmp_path, many, many)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no JSON", "was not written by --summary: JSON is malformed"),
        ("[]", "was not written by --summary: Expected `object`, got `array`"),
        (json.dumps(document(format="k6")), "is k6 1, and not locust_like.summary 1"),
        (json.dumps(document(format_version=2)), "is locust_like.summary 2, and not"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x").write_text(text)
    with pytest.raises(ValueError, match=words):
        read_summary(tmp_path / "x")
