"""What `locust.stats` prints and writes for scripts with a runner of their own."""

import csv
import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent
import pytest

from locust_like.compat import logs, stats_printing, stats_settings
from locust_like.compat.stats_csv import StatsCSV, StatsCSVFileWriter
from locust_like.runtime.environment import Environment
from locust_like.stats import settings

SAME_IN_BOTH = """
from locust.stats import RequestStats, get_error_report_summary, get_percentile_stats_summary
from locust.stats import get_stats_summary
stats = RequestStats()
# In the first seconds they differ on purpose.
entry = type(stats.total)
entry.current_rps = entry.current_fail_per_sec = property(lambda entry: 7.25)
for _ in range(4):
    stats.log_request("GET", "/a?x=%", 50, 10)
stats.log_request("", "other", 100, 10)
for line in [
    *get_stats_summary(stats), *get_percentile_stats_summary(stats),
    *get_error_report_summary(stats),
]:
    print(line)
"""


@pytest.fixture
def environment() -> Environment:
    environment = Environment()
    environment.stats.log_request("GET", "/a", 10.0, 100)
    environment.stats.log_error("GET", "/a", "boom")
    return environment


def test_the_tables_are_locusts_to_the_letter(real_locust: Path) -> None:
    ours = f"from locust_like import compat\ncompat.install()\n{SAME_IN_BOTH}"
    mine, theirs = (
        subprocess.run([str(p), "-c", code], capture_output=True, text=True, check=True).stdout
        for p, code in ((sys.executable, ours), (real_locust, SAME_IN_BOTH))
    )
    assert mine == theirs


def test_tables_are_logged_line_by_line(
    environment: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stats_printing.print_stats(environment.stats)
    stats_printing.print_percentile_stats(environment.stats)
    stats_printing.print_error_report(environment.stats)
    assert {record.name for record in caplog.records} == {"locust.stats_logger"}
    assert len(caplog.records) == 6 + 7 + 6
    caplog.clear()
    stats_printing.print_error_report(Environment().stats)
    assert caplog.records == []


def test_json(environment: Environment, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    stats_printing.print_stats_json(environment.stats)
    stats_printing.save_stats_json(environment.stats, str(tmp_path / "out"))
    (printed,) = json.loads(capsys.readouterr().out)
    (written,) = json.loads((tmp_path / "out.json").read_text())
    assert printed["num_requests"] == written["num_requests"] == 2


def test_printer_and_history_go_on(
    environment: Environment,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(stats_settings, "CONSOLE_STATS_INTERVAL_SEC", 0)
    monkeypatch.setattr(stats_settings, "HISTORY_STATS_INTERVAL_SEC", 0)
    runner: Any = SimpleNamespace(state="running", stats=environment.stats, user_count=3)
    loops = [
        gevent.spawn(stats_printing.stats_printer(environment.stats)),
        gevent.spawn(stats_printing.stats_history, runner),
    ]
    while len(environment.stats.history) < 2 or len(caplog.records) < 12:
        gevent.sleep(0)
    gevent.killall(loops)
    first = environment.stats.history[0]
    assert first["user_count"] == [first["time"], 3]
    assert set(first) == {
        "response_time_percentile_0.5", "response_time_percentile_0.95", "current_rps",
        "current_fail_per_sec", "total_avg_response_time", "user_count", "time",
    }  # fmt: skip
    environment.stats.reset_all()
    assert environment.stats.history == []


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("PERCENTILES_TO_CHART", [0.1] * 7, "should be a maximum of 6 parameters"),
        ("PERCENTILES_TO_CHART", [95], "stats.PERCENTILES_TO_CHART parameter need to be float"),
        ("PERCENTILES_TO_STATISTICS", ["x"], "PERCENTILES_TO_STATISTICS parameter need to be"),
    ],
)
def test_wrong_percentiles_are_refused(
    name: str,
    value: list[Any],
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stats_printing.validate_stats_configuration()
    monkeypatch.setattr(settings, name, value)
    with pytest.raises(SystemExit, match="1"):
        stats_printing.validate_stats_configuration()
    assert text in capsys.readouterr().err


def test_csv_writers(environment: Environment) -> None:
    table = StatsCSV(environment, [0.5, 0.999])
    text = io.StringIO()
    table.requests_csv(csv.writer(text))
    table.failures_csv(csv.writer(text))
    table.exceptions_csv(csv.writer(text))
    table.close_files()
    lines = text.getvalue().splitlines()
    assert lines[0].endswith("Failures/s,50%,99.9%")
    assert lines[1].startswith("GET,/a,2,1,")
    assert lines[4].startswith("GET,/a,boom,1,")
    assert lines[5] == "Count,Message,Traceback,Nodes"


def test_csv_files(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stats_settings, "CSV_STATS_INTERVAL_SEC", 0)
    writer = StatsCSVFileWriter(environment, [0.5], str(tmp_path / "run"), full_history=True)
    assert len(list(tmp_path.iterdir())) == 4
    history = Path(writer.stats_history_file_name())
    loop = gevent.spawn(writer)
    while len(history.read_text().splitlines()) < 3:
        gevent.sleep(0)
    loop.kill()
    writer.close_files()
    rows = csv.DictReader((tmp_path / "run_stats.csv").read_text().splitlines())
    assert [row["Request Count"] for row in rows] == ["2", "2"]
    notes = list(csv.DictReader(history.read_text().splitlines()))
    assert [row["Name"] for row in notes[:2]] == ["/a", "Aggregated"]


def test_logging(tmp_path: Path) -> None:
    script = (
        "import logging\n"
        "from locust_like.compat.logs import get_logs, setup_logging\n"
        "setup_logging('info')\n"
        "logging.getLogger('locust.main').info('hello')\n"
        "logging.getLogger('locust.stats_logger').info('a table')\n"
        "print(len(get_logs()))\n"
        f"setup_logging('DEBUG', {str(tmp_path / 'new' / 'log')!r})\n"
        "logging.info('into the file')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    first, second = done.stderr.splitlines()
    assert first.endswith("/INFO/locust.main: hello")
    assert second == "a table"
    assert done.stdout == "2\n"
    assert "into the file" in (tmp_path / "new" / "log").read_text()


def test_failed_greenlets_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    log = logs.greenlet_exception_logger(logging.getLogger("locust.main"))
    for error, level in ((ValueError("boom"), "CRITICAL"), (SystemExit(42), "INFO")):
        logs.unhandled_greenlet_exception = False
        failed: Any = SimpleNamespace(exc_info=(type(error), error, None))
        log(failed)
        assert caplog.records[-1].levelname == level
        assert logs.unhandled_greenlet_exception
    assert "sys.exit(42) called" in caplog.text
    logs.greenlet_exception_handler(failed)
    assert caplog.records[-1].name == "locust.web"
