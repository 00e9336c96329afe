"""What the web UI costs: the page itself, in a browser, and the server that feeds it."""

import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import generators as g
from cases import FOREVER_S, START_UP_S, Bench, Windows, show, take_turn
from measure import Generator
from playwright.sync_api import sync_playwright
from report import Line
from servers import SERVER_CORE, free_port, pinned

VIEWERS = 5
WATCH_S = 20.0
WEBUI = g.ROOT / "webui"


class PageFigures(NamedTuple):
    """Figures of the page without a server: sizes in KB, the median tick, the heap hour by hour."""

    js_kb: float
    css_kb: float
    tick_ms: float
    heap_mb: list[float]


def node(*command: str) -> str:
    """Run a program of the page's own, on the core that is not the generator's."""
    print(f"  node {' '.join(command)}", flush=True)
    done = subprocess.run(
        pinned(SERVER_CORE, [str(Path(sys.executable).with_name("node")), *command]),
        cwd=WEBUI, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def page_figures(hours: int = 24) -> PageFigures:
    """Measure what a visitor loads, what a tick costs, and the heap over a day."""
    sizes = dict(re.findall(r"^(js|css): ([\d.]+) KB", node("scripts/size.mjs"), re.MULTILINE))
    tick = re.search(r"tick +median ([\d.]+) ms", node("bench/tick.mjs", "60", "page"))
    heap = re.findall(r"^ +\d+ +([\d.]+)$", node("bench/heap.mjs", str(hours)), re.MULTILINE)
    assert tick, "the tick was not measured"
    figures = PageFigures(
        float(sizes["js"]), float(sizes["css"]), float(tick[1]), [float(mb) for mb in heap]
    )
    show("page", f"{figures.js_kb} KB JS, tick {figures.tick_ms} ms, heap {max(figures.heap_mb)}")
    return figures


def with_page(job: g.Job, port: int) -> g.Job:
    """Return the same work with the web UI in place of --headless."""
    page = ["--autostart", "--web-port", str(port)]
    return g.Job([word for word in job.command if word != "--headless"] + page, job.env)


@contextmanager
def viewers(port: int, count: int) -> Iterator[None]:
    """Read so many streams as browsers do, until the block ends."""
    connections = [HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(count)]
    for connection in connections:
        connection.request("GET", "/api/v1/stream")
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        threading.Thread(target=_read, args=[reply], daemon=True).start()
    try:
        yield
    finally:
        for connection in connections:
            connection.close()


def _read(stream: object) -> None:
    try:
        while stream.readline():  # type: ignore[attr-defined]  # an HTTPResponse
            pass
    except (OSError, ValueError, AttributeError):
        pass  # closed at the end of the measurement


def python_cpu_s(generator: Generator) -> float:
    """Return the CPU time of the thread that runs Python, which is the process's first."""
    for task in Path(f"/proc/{generator.process.pid}/task").iterdir():
        if task.name == str(generator.process.pid):
            return int((task / "schedstat").read_text().split()[0]) / 1e9
    raise RuntimeError("the generator has ended")


def python_share(bench: Bench, name: str, job: g.Job, port: int, count: int) -> float:
    """Return the share of a core that Python takes while so many viewers watch."""
    generator = bench.start(name, job)
    try:
        generator.sleep_until(START_UP_S)
        with viewers(port, count):
            generator.sleep_until(START_UP_S + 2)
            before_s, begun_s = python_cpu_s(generator), time.monotonic()
            generator.sleep_until(START_UP_S + 2 + WATCH_S)
            return (python_cpu_s(generator) - before_s) / (time.monotonic() - begun_s)
    finally:
        generator.stop()


def feeding_share(bench: Bench) -> float:
    """Return what 500 endpoints and five viewers add to Python's share of a core."""
    job = g.python_job(g.OURS, "endpoints.py", bench.nginx.url, users=10, seconds=FOREVER_S)
    added = []
    for turn in range(bench.rounds):
        port = free_port()
        without = python_share(bench, f"headless {turn}", job, port, 0)
        added.append(
            python_share(bench, f"watched {turn}", with_page(job, port), port, VIEWERS) - without
        )
    show("500 endpoints, 5 viewers", f"{statistics.median(added):.2%} of a core")
    return statistics.median(added)


def watched(bench: Bench) -> Windows:
    """Measure the plain load headless, and with the page open, in turns."""
    port = free_port()
    plain = g.python_job(g.OURS, "plain.py", bench.nginx.url, users=100, seconds=FOREVER_S)
    jobs = {"headless": plain, "with the page open": with_page(plain, port)}
    found: Windows = {name: [] for name in jobs}
    generators: dict[str, Generator] = {}
    try:
        for name, job in jobs.items():
            generators[name] = bench.start(name, job)
            generators[name].sleep_until(START_UP_S)
            if name != "headless":
                with viewers(port, 1):
                    _turns(bench, generators, found)
            else:
                generators[name].pause()
    finally:
        for generator in generators.values():
            generator.stop()
    return found


def _turns(bench: Bench, generators: dict[str, Generator], found: Windows) -> None:
    generators["with the page open"].pause()
    for turn in range(max(4, round(bench.rounds * bench.window_s))):
        for name in list(found) if turn % 2 == 0 else list(found)[::-1]:
            found[name].append(take_turn(bench, generators[name]))


def first_numbers_s(bench: Bench) -> float:
    """Return how long a visitor waits for numbers, from the address to the first rate."""
    port = free_port()
    job = g.python_job(g.OURS, "endpoints.py", bench.nginx.url, users=10, seconds=FOREVER_S)
    generator = bench.start("first numbers", with_page(job, port))
    waits = []
    try:
        generator.sleep_until(START_UP_S)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-quic"]
            )
            for _ in range(5):
                page = browser.new_context().new_page()
                begun_s = time.monotonic()
                page.goto(f"http://127.0.0.1:{port}/")
                page.wait_for_selector(".strip .figure-value:has-text('/s')")
                page.wait_for_selector(".chart-legend-value:has-text('/s')")
                waits.append(time.monotonic() - begun_s)
                page.context.close()
            browser.close()
    finally:
        generator.stop()
    show("first numbers", ", ".join(f"{wait:.2f} s" for wait in waits))
    return statistics.median(waits)


def page_lines(figures: PageFigures) -> list[Line]:
    return [
        Line("first load of the page: JS, compressed", figures.js_kb, 190, 150, "KB"),
        Line("... CSS, compressed", figures.css_kb, 20, 12, "KB"),
        Line("a tick, 500 endpoints and 3,600 points", figures.tick_ms, 35, 25, "ms"),
        Line("heap of the page in a day, highest", max(figures.heap_mb), 200, 150, "MB"),
    ]


def server_lines(bench: Bench) -> list[Line]:
    windows = watched(bench)
    more = statistics.median(
        page.cpu_us_per_request / alone.cpu_us_per_request
        for page, alone in zip(windows["with the page open"], windows["headless"], strict=True)
    )
    show("with the page open", f"{more:.3f} x headless")
    return [
        Line("500 endpoints, 5 viewers: share of a core", feeding_share(bench) * 100, 3, 1, "%"),
        Line("CPU per request with the page open", more, 1.05, 1.02, "x headless"),
        Line("address to first numbers", first_numbers_s(bench), 1.5, 1, "s"),
    ]
