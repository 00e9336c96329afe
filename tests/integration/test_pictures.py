"""Pictures of the page in all its states, for docs/web-ui.md and for whoever wants to look.

`pytest tests/integration/test_pictures.py --pictures docs/pictures` makes those of the
documentation anew, after a minute of load. Without the option they are taken early, into the test's
own folder.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .pages import Program, button, line_of, shoot, start_run, state_is

SHOP = """
from locust import HttpUser, between, tag, task

class Visitor(HttpUser):
    '''Looks around.'''
    wait_time = between(0.01, 0.05)

    @task(6)
    def front(self):
        self.client.get("/")

    @tag("search")
    @task(3)
    def search(self):
        self.client.get("/delay/12", name="/search?q=[words]")

    @task(2)
    def picture(self):
        self.client.get("/bytes/40000", name="/pictures/[id]")

class Buyer(HttpUser):
    '''Puts things into a basket and pays.'''
    wait_time = between(0.05, 0.2)
    weight = 2

    @task(4)
    def basket(self):
        self.client.post("/echo", json={"article": 7}, name="/basket")

    @tag("pay")
    @task
    def pay(self):
        self.client.get("/delay/45", name="/pay")
        self.client.get("/status/503", name="/receipt")
"""

MANY = """
from itertools import count
from locust import HttpUser, constant, task

NUMBERS = count()

class Visitor(HttpUser):
    wait_time = constant(0.01)

    @task
    def front(self):
        for _ in range(50):
            number = next(NUMBERS) % 500
            path = "/status/404" if number % 97 == 0 else f"/delay/{number % 4}"
            self.client.get(path, name=f"/api/v2/things/{number:03}")
"""


@pytest.fixture
def wait(request: pytest.FixtureRequest) -> Callable[[Page, float], None]:
    """Return a function that lets a page run so many seconds when pictures are wanted."""

    def waited(page: Page, seconds: float) -> None:
        is_wanted = request.config.getoption("--pictures") is not None
        page.wait_for_timeout(seconds * 1000 if is_wanted else 1000)

    return waited


def test_before_the_first_run(
    program: Callable[..., Program], visit: Callable[..., Page], folder: Path
) -> None:
    app = program(SHOP, "-u", "40", "-r", "4")
    page = visit(app.url, viewport={"width": 1280, "height": 860}, color_scheme="light")
    expect(page.locator("form.new-run")).to_be_visible()
    shoot(page, folder / "new-run-light.png")
    page.goto(f"{app.url}/#/live")
    shoot(page, folder / "live-empty-light.png")
    app.end()


def test_a_run(
    program: Callable[..., Program],
    visit: Callable[..., Page],
    folder: Path,
    wait: Callable[[Page, float], None],
) -> None:
    app = program(SHOP)
    size = {"width": 1280, "height": 860}
    page = visit(app.url, viewport=size, color_scheme="light")
    start_run(page, 30)
    wait(page, 30)
    button(page, "Edit load")
    page.locator(".panel input").first.fill("50")
    expect(page.locator(".preview")).to_contain_text("30 -> 50 users")
    shoot(page, folder / "edit-light.png")
    button(page, "Apply")
    wait(page, 30)
    shoot(page, folder / "live-light.png")
    dark = visit(app.url, viewport=size, color_scheme="dark")
    state_is(dark, "running")
    shoot(dark, folder / "live-dark.png")
    phone = visit(
        app.url, viewport={"width": 390, "height": 844}, color_scheme="dark", is_mobile=True
    )
    state_is(phone, "running")
    shoot(phone, folder / "live-phone.png")
    phone.goto(f"{app.url}/#/requests")
    expect(line_of(phone, "/pay")).to_be_visible()
    shoot(phone, folder / "requests-phone.png")
    dark.goto(f"{app.url}/#/requests")
    dark.get_by_role("button", name="Details of /pay").click()
    expect(dark.locator(".drawer .uplot")).to_be_visible()
    shoot(dark, folder / "requests-dark.png")
    page.goto(f"{app.url}/#/failures")
    expect(page.get_by_text("/receipt").first).to_be_visible()
    shoot(page, folder / "failures-light.png")
    wide = visit(app.url, viewport={"width": 2560, "height": 1440}, color_scheme="dark")
    state_is(wide, "running")
    shoot(wide, folder / "live-wide.png")
    app.running.process.kill()
    app.running.finish()
    expect(page.get_by_text(re.compile("Data paused"))).to_be_visible()
    page.goto(f"{app.url.partition('#')[0]}/#/live")
    shoot(page, folder / "lost-light.png")


def test_500_endpoints(
    program: Callable[..., Program],
    visit: Callable[..., Page],
    folder: Path,
    wait: Callable[[Page, float], None],
) -> None:
    app = program(MANY, "-u", "8", "-r", "100", "--autostart")
    page = visit(
        f"{app.url}/#/requests", viewport={"width": 1280, "height": 860}, color_scheme="light"
    )
    expect(page.get_by_text("500 endpoints")).to_be_visible()
    wait(page, 15)
    shoot(page, folder / "requests-500-light.png")
    app.end()
