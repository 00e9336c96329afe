"""The page in a real browser, steering the real program and a real load."""

import json
import re
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server, Start
from .pages import Program, barriers, button, line_of, start_run, state_is

LOCUSTFILE = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.02)

    @task
    def front(self):
        self.client.get("/")

class Buyer(HttpUser):
    wait_time = constant(0.02)

    @task
    def data(self):
        self.client.get("/json")
        self.client.get("/status/500")
"""

HOSTILE = """
from locust import HttpUser, constant, task

NAMES = ["<img src=x onerror=alert(1)>", "=cmd()", "\\u202egnp.exe", "x" * 10_000]

class Visitor(HttpUser):
    wait_time = constant(0.05)

    @task
    def front(self):
        for name in NAMES:
            self.client.get("/status/500", name=name)
        raise ValueError("<script>alert(1)</script>")
"""

BROKEN = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.02)

    @task
    def broken(self):
        self.client.get("/status/500")
        raise ValueError("broken")
"""

MANY = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.01)
    number = 0

    @task
    def front(self):
        for _ in range(50):
            Visitor.number = (Visitor.number + 1) % 500
            self.client.get("/", name=f"/endpoint/{Visitor.number:03}")
"""


def test_the_page_steers_the_real_load(
    program: Callable[..., Program], visit: Callable[..., Page], target: Server
) -> None:
    app = program(LOCUSTFILE)
    page = visit(app.url)
    page.get_by_label("Users (at the peak)").fill("many")
    page.locator("form.new-run button.primary").click()
    expect(page.get_by_label("Users (at the peak)")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Users (at the peak)")).to_be_focused()
    assert target.counters()["requests"] == 0
    start_run(page, 4)
    expect(page).to_have_url(re.compile("#/live$"))
    expect(page.locator(".uplot").first).to_be_visible()
    button(page, "Edit load")
    page.locator(".panel input").first.fill("6")
    page.get_by_label("Buyer runs").uncheck()
    expect(page.locator(".preview")).to_contain_text("4 -> 6 users")
    button(page, "Apply")
    expect(page.locator(".figure", has_text="users").first).to_contain_text("6")
    page.get_by_role("button", name=re.compile("Undo")).click()
    expect(page.locator(".figure", has_text="users").first).to_contain_text("4")
    button(page, "Pause")
    state_is(page, "paused")
    button(page, "Resume")
    state_is(page, "running")
    button(page, "Mark")
    page.get_by_label("Note for the charts").fill("deployed")
    page.locator("dialog button.primary").click()
    button(page, "Stop now")
    page.locator("dialog button.primary").click()
    state_is(page, "stopped")
    served = target.counters()["by_path"]
    assert served["root"] > 0
    assert served["json"] > 0
    assert app.end().code == 1  # /status/500 fails


def test_percentiles_on_the_page_equal_the_summary(
    program: Callable[..., Program], visit: Callable[..., Page], tmp_path: Path
) -> None:
    app = program(LOCUSTFILE, "--summary", "run.json")
    page = visit(app.url)
    start_run(page, 4)
    page.goto(f"{app.url}/#/requests")
    expect(page.get_by_role("button", name="Details of /json")).to_be_visible()
    button(page, "Stop")
    state_is(page, "stopped")
    with urllib.request.urlopen(f"{app.url}/stats/requests", timeout=60) as reply:
        counts = {row["name"]: row["num_requests"] for row in json.load(reply)["stats"]}
    for name in ("/", "/json", "/status/500"):
        expect(line_of(page, name).locator("[data-label=Requests]")).to_have_text(
            f"{counts[name]:,}"
        )
    shown = {
        name: line_of(page, name).locator("[data-label=p95]").first.inner_text()
        for name in ("/", "/json", "/status/500")
    }
    app.end()
    summary = json.loads((tmp_path / "run.json").read_text())
    for entry in summary["entries"]:
        p95_ms = entry["response_time"]["percentiles_ms"]["95"]
        number, unit = shown[entry["name"]].split()
        shown_ms = float(number.replace(",", "")) / {"µs": 1000, "ms": 1, "s": 0.001}[unit]
        assert shown_ms == pytest.approx(p95_ms, rel=0.01)


def test_a_reload_in_mid_run_shows_the_whole_past(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program(LOCUSTFILE, "-u", "2", "-r", "100", "--autostart")
    page = visit(app.url)
    state_is(page, "running")
    page.reload()
    state_is(page, "running")
    rows = page.locator(".chart", has_text="Requests and failures")
    rows.get_by_role("button", name="Table").click()
    expect(rows.locator("tbody tr").nth(1)).to_be_visible()
    app.end()


def test_of_two_operators_the_second_sees_the_newer_values(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program(LOCUSTFILE, "-u", "2", "-r", "100", "--autostart")
    first, second = visit(app.url), visit(app.url)
    for page in (first, second):
        state_is(page, "running")
        button(page, "Edit load")
        page.locator(".panel input").first.fill("3" if page is first else "9")
    button(first, "Apply")
    expect(first.locator(".figure", has_text="users").first).to_contain_text("3")
    button(second, "Apply")
    expect(second.locator(".stale")).to_contain_text("3 users")
    button(second, "Keep mine")
    button(second, "Apply")
    expect(second.locator(".figure", has_text="users").first).to_contain_text("9")
    app.end()


def test_strange_names_are_text(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program(HOSTILE, "-u", "1", "--autostart")
    page = visit(f"{app.url}/#/requests")
    expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    expect(page.get_by_text("\\u202egnp.exe")).to_be_visible()  # its direction is not turned
    assert page.locator(".requests img").count() == 0
    assert barriers(page) == []
    page.goto(f"{app.url}/#/failures")
    expect(page.get_by_text("=cmd()").first).to_be_visible()
    page.goto(f"{app.url}/#/exceptions")
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    app.end()


def test_500_endpoints_are_sorted_and_filtered_by_the_server(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program(MANY, "-u", "4", "-r", "100", "--autostart")
    page = visit(f"{app.url}/#/requests")
    expect(page.get_by_text("500 endpoints")).to_be_visible()
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(page.get_by_role("button", name="Details of /endpoint/000")).to_be_visible()
    assert page.locator(".line").count() < 150
    page.keyboard.press("/")
    page.get_by_role("searchbox", name="Filter").fill("name:/endpoint/49")
    expect(page.get_by_role("button", name="Details of /endpoint/499")).to_be_visible()
    expect(page.locator(".rows .line")).to_have_count(10)
    page.get_by_role("searchbox", name="Filter").fill("p95>much")
    expect(page.locator("#filter-hint")).to_contain_text("p95>much cannot be understood")
    app.end()


def test_tables_are_downloaded(
    program: Callable[..., Program], visit: Callable[..., Page], tmp_path: Path
) -> None:
    app = program(BROKEN, "-u", "1", "--autostart")
    page = visit(app.url)
    for path, words in (
        ("requests", "GET,/status/500"),
        ("failures", "HTTP 500"),
        ("exceptions", "ValueError"),
    ):
        page.goto(f"{app.url}/#/{path}")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download CSV").click()
        download.value.save_as(tmp_path / "table.csv")
        assert words in (tmp_path / "table.csv").read_text()
    app.end()


def test_keys_alone_are_enough(program: Callable[..., Program], visit: Callable[..., Page]) -> None:
    app = program(LOCUSTFILE, "-u", "2", "-r", "100", "--autostart")
    page = visit(app.url)
    state_is(page, "running")
    page.keyboard.press("Space")
    state_is(page, "paused")
    page.keyboard.press("Space")
    state_is(page, "running")
    page.keyboard.press("e")
    page.keyboard.type("5")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    for key, path in (("r", "requests"), ("f", "failures"), ("o", "logs"), ("l", "live")):
        go_by_keys(page, key, path)
    app.end()


def go_by_keys(page: Page, key: str, path: str) -> None:
    """Press `g` and a letter, again where a busy machine has let too much time pass between."""
    for _ in range(10):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_timeout(200)
        if page.url.endswith(f"#/{path}"):
            return
    raise AssertionError(f"g {key} does not lead to {path}, but to {page.url}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(
    program: Callable[..., Program], visit: Callable[..., Page], scheme: str
) -> None:
    app = program(LOCUSTFILE, "-u", "2", "-r", "100", "--autostart")
    page = visit(app.url, color_scheme=scheme)
    state_is(page, "running")
    for path in ("live", "requests", "failures", "exceptions", "logs", "new"):
        page.goto(f"{app.url}/#/{path}")
        expect(page.locator("main h1")).to_have_count(1)
        expect(page.get_by_text("Loading …")).to_have_count(0)
        assert barriers(page) == [], path
    app.end()


def test_a_phone_needs_no_sideways_scrolling(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program(LOCUSTFILE, "-u", "2", "-r", "100", "--autostart")
    page = visit(app.url, viewport={"width": 360, "height": 740})
    state_is(page, "running")
    for path in ("live", "requests", "failures", "exceptions", "logs", "new"):
        page.goto(f"{app.url}/#/{path}")
        expect(page.get_by_text("Loading …")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    app.end()


def test_a_page_that_is_zoomed_in_is_not_covered_by_its_head(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program(LOCUSTFILE, "-u", "2", "-r", "100", "--autostart")
    # What 1440 x 900 is at twice the size.
    page = visit(f"{app.url}/#/failures", viewport={"width": 720, "height": 450})
    expect(page.locator(".frame")).to_have_css("position", "static")
    expect(page.get_by_role("button", name="HTTP 500")).to_be_visible()
    # One row needs no tall box around it.
    box = page.get_by_role("region", name="Failures").bounding_box()
    assert box is not None
    assert box["height"] < 120
    app.end()


def wait_for_script(page: Page, name: str) -> None:
    loaded = "(name) => performance.getEntriesByType('resource').some((e) => e.name.includes(name))"
    for _ in range(600):
        if page.evaluate(loaded, name):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{name} was not loaded")


def test_the_page_finds_a_server_that_was_started_again(
    program: Callable[..., Program], visit: Callable[..., Page], start: Start, target: Server
) -> None:
    app = program(LOCUSTFILE)
    page = visit(app.url)
    state_is(page, "ready")
    wait_for_script(page, "failures-page")  # so that it can be gone to without the server
    app.end()
    expect(page.locator(".banner.bad")).to_contain_text("Data paused: lost the server")
    page.goto(f"{app.url}/#/failures")
    expect(page.locator("main")).to_contain_text("Loading")
    page.goto(f"{app.url}/#/new")
    expect(page.get_by_label("Users (at the peak)")).to_have_count(0)
    port = app.url.rpartition(":")[2]
    again = start(LOCUSTFILE, "-H", target.url, "--web-port", port)
    again.wait_for("Starting web interface at ")
    expect(page.locator(".banner.bad")).to_have_count(0)
    start_run(page, 2)
    again.signal(signal.SIGTERM)
    again.finish()
