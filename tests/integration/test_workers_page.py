"""The Workers page of a real cluster in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .pages import Program, barriers, button, shoot, state_is

LOCUSTFILE = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.02)

    @task
    def front(self):
        self.client.get("/")
"""


@pytest.fixture
def cluster(program: Callable[..., Program]) -> Callable[..., Program]:
    """Return a function that starts a master with workers of its own, and a load."""

    def started(*options: str) -> Program:
        return program(
            LOCUSTFILE, "--processes", "2", "-u", "4", "-r", "100", "--autostart", *options
        )

    return started


def test_workers_are_drained_and_removed(
    cluster: Callable[..., Program],
    visit: Callable[..., Page],
    folder: Path,
) -> None:
    app = cluster()
    page = visit(app.url, viewport={"width": 1280, "height": 600}, color_scheme="light")
    state_is(page, "running")
    page.get_by_role("link", name="Workers").click()
    lines = page.locator(".worker-table tbody tr")
    expect(lines).to_have_count(2)
    expect(page.locator(".figure", has_text="workers")).to_contain_text("2 of 2")
    users = lines.locator("td:nth-of-type(2)")
    expect(users).to_have_text(["2", "2"])
    expect(lines.locator("td:nth-of-type(3)").first).to_contain_text("/s")
    shoot(page, folder / "workers-light.png")
    page.get_by_role("button", name="Drain").first.click()
    expect(users).to_have_text(["0", "4"])
    expect(lines.first).to_contain_text("drained")
    page.get_by_role("button", name="again").click()
    expect(users).to_have_text(["2", "2"])
    page.get_by_role("button", name="Remove").last.click()
    page.locator("dialog button.primary").click()
    expect(page.locator(".figure", has_text="workers")).to_contain_text("1 of")
    expect(page.locator(".banner.bad")).to_have_count(0)
    assert barriers(page) == []
    button(page, "Stop")
    state_is(page, "stopped")
    app.end()


def test_a_phone_shows_what_is_said_of_a_worker(
    cluster: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = cluster()
    page = visit(f"{app.url}/#/workers", viewport={"width": 400, "height": 800})
    state = page.locator(".worker-table tbody td:nth-of-type(1)").first
    expect(state).to_contain_text("running")
    box = state.bounding_box()
    assert box is not None
    assert box["width"] >= 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    expect(page.get_by_role("link", name="Workers")).to_be_in_viewport()
    app.end()
