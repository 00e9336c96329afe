"""`--html`: the file of a real run, opened in a real browser from the disk."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Finished, Server, Start
from .pages import Program, barriers, shoot, start_run

LOCUSTFILE = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.02)

    @task
    def front(self):
        self.client.get("/")
        self.client.get("/status/500", name="</script><script>alert(1)</script>")
        raise ValueError("</script><img src=x onerror=alert(2)>")
"""


def data_of(page: Page) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(page.locator("#report").text_content() or "")
    return report


def figure(page: Page, label: str) -> str:
    shown = page.locator(".report .figure", has=page.get_by_text(label, exact=True))
    return shown.locator(".figure-value").inner_text().split("\n")[0]


def test_the_report_of_a_run_says_what_the_summary_says(
    run: Callable[..., Finished], target: Server, visit: Callable[..., Page], tmp_path: Path
) -> None:
    done = run(
        LOCUSTFILE, "-H", target.url, "-u", "4", "-r", "100", "-t", "2s",
        "--html", "new/r-{u}.html", "--summary", "summary.json",
    )  # fmt: skip
    assert "Written: new/r-4.html" in done.stderr
    summary = json.loads((tmp_path / "summary.json").read_text())
    totals = summary["totals"]
    page = visit((tmp_path / "new/r-4.html").as_uri())
    assert figure(page, "requests") == f"{totals['num_requests']:,}"
    assert figure(page, "failures") == f"{totals['num_failures']:,}"
    assert figure(page, "exit code") == "1"
    expect(page.get_by_text(summary["health"]["verdict"], exact=True).first).to_be_visible()
    report = data_of(page)
    percentiles = totals["response_time"]["percentiles_ms"]
    assert report["total"][9:13] == [percentiles[share] for share in ("50", "90", "95", "99")]
    assert sum(point[2] for point in report["history"]["points"]) == totals["num_requests"]
    # The rows, the failures and the exceptions are all there, and what is hostile is only text.
    expect(page.locator(".requests .line")).to_have_count(3)
    expect(page.locator(".exceptions li")).to_contain_text("<img src=x onerror=alert(2)>")
    expect(page.locator(".uplot")).to_have_count(6)
    page.get_by_role("button", name="Details of /", exact=True).click()
    expect(page.locator(".drawer")).to_contain_text("Phases")
    page.get_by_role("button", name="Close").click()
    assert barriers(page) == []
    page.emulate_media(media="print")
    expect(page.locator(".toolbar")).to_be_hidden()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_reported_too(
    start: Start, target: Server, visit: Callable[..., Page], tmp_path: Path, number: signal.Signals
) -> None:
    running = start(LOCUSTFILE, "--headless", "-H", target.url, "--html", "report.html")
    running.wait_for("All users spawned")
    running.signal(number)
    running.finish()
    page = visit((tmp_path / "report.html").as_uri())
    expect(page.get_by_text("interrupted by ", exact=False).first).to_be_visible()


def test_the_report_of_a_cluster_shows_its_workers(
    run: Callable[..., Finished], target: Server, visit: Callable[..., Page], tmp_path: Path
) -> None:
    done = run(
        LOCUSTFILE, "-H", target.url, "--processes", "2", "-u", "4", "-r", "100", "-t", "2s",
        "--html", "report.html",
    )  # fmt: skip
    page = visit((tmp_path / "report.html").as_uri(), color_scheme="dark")
    assert data_of(page)["total"][1] == done.sum_of("num_requests")
    expect(page.locator(".worker-table tbody tr")).to_have_count(2)
    expect(page.locator(".worker-table button")).to_have_count(0)


def test_a_place_that_cannot_be_written_is_told_before_the_run(
    run: Callable[..., Finished], target: Server, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    done = run(LOCUSTFILE, "-H", target.url, "-t", "1s", "--html", "file/report.html")
    assert done.code == 1
    assert "results could not be written" in done.stderr
    assert target.counters()["requests"] == 0


def test_the_page_offers_the_report(
    program: Callable[..., Program], visit: Callable[..., Page], tmp_path: Path
) -> None:
    app = program(LOCUSTFILE)
    page = visit(app.url)
    start_run(page, 2)
    page.get_by_role("button", name="Mark").click()
    page.get_by_label("Note for the charts").fill("look here")
    page.locator("dialog button.primary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download report").click()
    path = tmp_path / "report.html"
    download.value.save_as(path)
    saved = visit(path.as_uri())
    expect(saved.get_by_text("still active", exact=False)).to_be_visible()
    assert "look here" in [note["text"] for note in data_of(saved)["history"]["annotations"]]
    # The same page is shown where it is served, under the server's own policy.
    served = visit(f"{app.url}/stats/report")
    expect(served.locator(".uplot")).to_have_count(6)
    app.end()


def test_pictures(
    run: Callable[..., Finished], target: Server, visit: Callable[..., Page], folder: Path
) -> None:
    path = folder / "report.html"
    run(LOCUSTFILE, "-H", target.url, "-u", "4", "-r", "2", "-t", "3s", "--html", str(path))
    for colours in ("light", "dark"):
        size = {"width": 1400, "height": 1000}
        page = visit(path.as_uri(), color_scheme=colours, viewport=size)
        expect(page.locator(".uplot")).to_have_count(6)
        shoot(page, folder / f"report-{colours}.png")
    path.unlink()
