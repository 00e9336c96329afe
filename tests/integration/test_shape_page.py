"""The load shape is chosen on the page; then operators do not set users and spawn rate."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from .pages import Program, state_is

LOCUSTFILE = """
from locust import HttpUser, LoadTestShape, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.1)

    @task
    def front(self):
        self.client.get("/")

class Three(LoadTestShape):
    def tick(self):
        return 3, 1000

class Five(LoadTestShape):
    def tick(self):
        return 5, 1000
"""


def test_a_shape_is_chosen_on_the_page(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program(LOCUSTFILE)
    page = visit(app.url)
    users, shape = page.get_by_label("Users (at the peak)"), page.get_by_label("Load shape")
    expect(shape).to_have_value("Three")
    expect(users).to_be_disabled()
    shape.select_option("")
    expect(users).to_be_enabled()
    shape.select_option("Five")
    expect(page.get_by_text("Five decides on users and spawn rate")).to_be_visible()
    page.locator("form.new-run button.primary").click()
    state_is(page, "running")
    expect(page.locator(".strip .figure", has_text="users")).to_contain_text("5")
    edit = page.get_by_role("button", name="Edit load")
    expect(edit).to_be_disabled()
    expect(edit).to_have_attribute("title", "Five decides on the load of this run.")
    app.end()
