"""What tests of the web page share: the program behind it, and how people use it."""

import signal
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from .conftest import ROOT, Finished, Running

PATIENCE_MS = 60_000
AXE = ROOT / "webui/node_modules/axe-core/axe.min.js"


class Program:
    """The running program, with the URL of its page."""

    def __init__(self, running: Running, url: str) -> None:
        self.running = running
        self.url = url

    def end(self) -> Finished:
        self.running.signal(signal.SIGTERM)
        return self.running.finish()


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def state_is(page: Page, word: str) -> None:
    expect(page.locator(".strip [data-state]")).to_have_attribute("data-state", word)


def line_of(page: Page, name: str) -> Locator:
    opener = page.get_by_role("button", name=f"Details of {name}", exact=True)
    return page.locator(".line", has=opener)


def start_run(page: Page, users: int) -> None:
    page.get_by_label("Users (at the peak)").fill(str(users))
    page.get_by_label("Spawn rate").fill("1000")
    page.locator("form.new-run button.primary").click()
    state_is(page, "running")


def shoot(page: Page, path: Path) -> None:
    """Take a picture of what a window shows."""
    expect(page.get_by_text("Loading …")).to_have_count(0)
    page.wait_for_timeout(300)  # until a chart has drawn its last frame
    page.screenshot(path=path)
    assert path.stat().st_size > 10_000  # an empty page has 4 KB


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """Return what shuts people out of a page: serious and critical findings of axe."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [
        (row["id"], [node["target"] for node in row["nodes"]])
        for row in found
        if row["impact"] in ("serious", "critical")
    ]
