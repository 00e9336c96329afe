"""The report: one file with everything in it, and nothing in it that a browser would run."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from locust_like.outputs.base import Moment, RunResult
from locust_like.runtime.control_values import Annotation
from locust_like.stats.health import RunHealth
from locust_like.web.built import STATIC
from locust_like.web.notes import Notes
from locust_like.web.past import Past
from locust_like.web.report import HtmlReport, ReportMaker, file_name
from locust_like.web.schemas import Point

from .conftest import FACTS, Site

HOSTILE = "</script><!--<script>alert(1)</script>"


class Elements(HTMLParser):
    """Collects the scripts and styles of a page as a browser finds them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] in ("script", "style"):
            tag, attributes, text = self.found[-1]
            self.found[-1] = tag, attributes, text + data

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [
            text
            for name, found, text in self.found
            if name == tag and all(found.get(key) == value for key, value in attributes.items())
        ]


def data_of(page: str) -> dict[str, Any]:
    (text,) = Elements(page).texts("script", type="application/json")
    report: dict[str, Any] = json.loads(text)
    return report


def maker_of(site: Site, template: Path = STATIC / "report.html") -> ReportMaker:
    return ReportMaker(
        site.environment,
        Past(site.environment),
        annotations=lambda: [Annotation(1.0, "mark", HOSTILE, "web")],
        facts=lambda: FACTS,
        template=template,
    )


def result_of(site: Site) -> RunResult:
    moment = Moment("stopped", 3.0, 3.0, 0, 2, site.environment.stats.freeze(), RunHealth())
    return RunResult(moment, "time limit reached", exit_code=1, start_wall_s=100.0)


def test_hostile_names_and_errors_stay_data(site: Site) -> None:
    site.fire(HOSTILE, exception=ValueError(HOSTILE))
    page = maker_of(site).at_end(result_of(site))
    elements = Elements(page)
    assert len(elements.texts("script")) == 2
    report = data_of(page)
    assert [name[2] for name in report["names"]] == [HOSTILE]
    assert HOSTILE in report["failures"]["failures"][0]["text"]
    assert report["history"]["annotations"][0]["text"] == HOSTILE
    assert report["exit_code"] == 1


def test_only_what_was_built_may_run(site: Site) -> None:
    reply = site.client.get("/stats/report?download=1")
    assert reply.status_code == 200
    assert "attachment" in reply.headers["Content-Disposition"]
    policy = reply.headers["Content-Security-Policy"]
    for kind, pattern in (
        ("script-src", r'<script type="module">(.*)</script>'),
        ("style-src", r"<style>(.*)</style>"),
    ):
        (text,) = re.findall(pattern, reply.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert policy.split("; frame-ancestors")[0] in reply.text
    assert not re.search(r'(?:src|href)="', reply.text.split("<script", maxsplit=1)[0])


def test_figures_and_parameters_are_those_of_the_run(site: Site) -> None:
    for time_ms in range(1, 101):
        site.fire("/", float(time_ms))
    report = data_of(site.client.get("/stats/report?theme=dark").text)
    assert report["theme"] == "dark"
    assert report["total"][1] == 100
    assert sum(point[2] for point in report["history"]["points"]) == 100
    assert report["options"] == [{"name": "num_users", "value": "2", "origin": "command line"}]
    assert [(share["depth"], share["name"]) for share in report["tasks"]] == [
        (0, "Waiter"),
        (1, "work"),
    ]


def test_the_second_that_is_not_over_has_users_too(site: Site) -> None:
    site.fire("/")
    report = data_of(site.client.get("/stats/report").text)
    last = dict(zip(Point.__struct_fields__, report["history"]["points"][-1], strict=True))
    assert last["requests"] == 1
    assert last["users"] == report["status"]["users"]


def test_a_file_is_written_at_the_end_in_a_new_folder(site: Site, tmp_path: Path) -> None:
    output = HtmlReport(str(tmp_path / "new/report.html"), maker_of(site))
    output.start()
    assert output.finish(result_of(site)) == (str(tmp_path / "new/report.html"),)
    assert data_of(output.path.read_text())["status"]["ending"] == "time limit reached"


def test_a_page_that_was_not_built_is_told_before_the_run(site: Site, tmp_path: Path) -> None:
    maker = maker_of(site, tmp_path / "missing.html")
    with pytest.raises(FileNotFoundError, match="`make install` builds it"):
        HtmlReport(str(tmp_path / "report.html"), maker).start()


@pytest.mark.parametrize(
    ("name", "run_time_s", "text"),
    [
        ("r_{u}_{r}_{t}.html", 90.0, "r_100_2.5_90.html"),
        ("r_{t}.html", None, "r_{t}.html"),
        ("{x}{u", 90.0, "{x}{u"),
    ],
)
def test_placeholders_in_the_name(name: str, run_time_s: float | None, text: str) -> None:
    assert file_name(name, users=100, spawn_rate_per_s=2.5, run_time_s=run_time_s) == text


def test_moments_tell_what_has_changed(site: Site) -> None:
    stats = site.environment.stats.freeze()

    def moment(state: str, target: int) -> Moment:
        return Moment(state, 1.0, None, target, target, stats, RunHealth())

    notes = Notes(wall_clock=lambda: 5.0)
    for state, target in (
        ("spawning", 10), ("running", 10), ("running", 20), ("paused", 20), ("running", 20),
    ):  # fmt: skip
        notes.tick(moment(state, target))
    notes.finish(result_of(site))
    assert [note.kind for note in notes.annotations()] == [
        "start", "spawned", "load", "pause", "resume", "end",
    ]  # fmt: skip
