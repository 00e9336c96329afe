"""Logins and what a script adds, as a browser sees them: forms, cookies, redirects."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from .pages import Program, barriers, button, start_run

SCRIPTS = Path(__file__).parents[1] / "parity/web"


def log_in(page: Page, user: str, password: str) -> None:
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password").fill(password)
    button(page, "Log in")


def test_our_own_login_lets_somebody_in(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program((SCRIPTS / "routes.py").read_text(), "--web-login")
    token = app.running.wait_for_text(r"token=(\S+)")
    page = visit(app.url)
    expect(page).to_have_url(re.compile("/login"))
    assert barriers(page) == []
    for given in ("wrong", token):
        page.get_by_label("Token").fill(given)
        button(page, "Log in")
        if given == "wrong":
            expect(page.get_by_role("alert")).to_have_text("That is not right.")
    start_run(page, 2)


def test_a_login_of_the_script_lets_somebody_in(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program((SCRIPTS / "own_login.py").read_text(), "--web-login")
    page = visit(app.url)
    log_in(page, "ann", "wrong")
    expect(page.get_by_role("alert")).to_have_text("No such user")
    log_in(page, "ann", "secret")
    start_run(page, 2)
    page.goto(f"{app.url}/leave")
    page.goto(f"{app.url}/stats/report")
    expect(page).to_have_url(re.compile("/login"))


def test_what_the_script_adds_is_a_page(
    program: Callable[..., Program], visit: Callable[..., Page]
) -> None:
    app = program((SCRIPTS / "own_tab.py").read_text())
    page = visit(app.url)
    expect(page.get_by_role("link", name="Live")).to_be_visible()
    expect(page.get_by_role("link", name="Extras")).to_have_count(0)
    page.goto(f"{app.url}/extend")
    page.get_by_role("link", name="Extras").click()
    expect(page.get_by_role("heading", name="Content Length")).to_be_visible()
    expect(page.get_by_role("cell", name="7")).to_be_visible()
    assert barriers(page) == []
