"""Turn figures into the measured parts of docs/benchmarks.md and of the README."""

import os
import platform
import re
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import generators as g
from cases import Windows, ratio
from measure import Window


@dataclass
class Found:
    """What is shown besides the promised figures.

    Attributes:
        throughput: the main comparison.
        page_heap_mb: heap of the page at the start of a day, and after each of its hours.
    """

    throughput: Windows = field(default_factory=dict)
    page_heap_mb: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One figure: what was measured against what must be, if anything, and what we aim at."""

    figure: str
    value: float
    must: float | None
    goal: float | None
    unit: str
    at_least: bool = False  # the promise is a floor in place of a ceiling

    def meets(self, limit: float | None) -> bool:
        if limit is None:
            return True
        return self.value >= limit if self.at_least else self.value <= limit

    def cells(self) -> list[str]:
        sign = ">=" if self.at_least else "<="
        must, goal = (
            "-" if limit is None else f"{sign} {limit:g}" for limit in (self.must, self.goal)
        )
        if self.must is None:
            verdict = "-"
        elif not self.meets(self.must):
            verdict = "missed"
        elif self.meets(self.goal):
            verdict = "met"
        else:
            verdict = "must met, goal missed"
        number = f"{self.value:.3g} {self.unit}".strip()
        return [self.figure, number, must, goal, verdict]


def table(header: list[str], rows: list[list[str]]) -> str:
    """Lay out a Markdown table; refuse blanks."""
    assert all(cell for row in rows for cell in row), rows
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def median(windows: list[Window], key: str) -> float:
    found: list[float] = [getattr(window, key) for window in windows]
    return statistics.median(found)


def generator_table(windows: Windows) -> str:
    """Return the main comparison, cheapest first."""
    rows = []
    for name in sorted(windows, key=lambda n: median(windows[n], "cpu_us_per_request")):
        against = ratio(windows, name, "wrk", lambda w: w.cpu_us_per_request)
        rows.append(
            [
                name,
                f"{median(windows[name], 'cpu_us_per_request'):.1f}",
                f"{against:.2f}",
                f"{median(windows[name], 'requests_per_s'):,.0f}",
                f"{median(windows[name], 'rss_bytes') / 1e6:.0f} MB",
            ]
        )
    header = ["generator", "CPU us/request", "against wrk", "requests/s on one core", "memory"]
    return table(header, rows)


def version(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def machine() -> str:
    """Return a paragraph on where the numbers come from."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", cpuinfo, re.MULTILINE)
    versions = {
        "nginx": version(["nginx", "-v"]),
        "wrk": version(["wrk", "-v"]),
        "h2load": version(["h2load", "--version"]),
        "k6": version([str(g.K6), "version"]),
        "Locust": version([str(g.LOCUST), "--version"]),
        "CPython": platform.python_version(),
    }
    return (
        f"{model[1].strip() if model else platform.machine()}, {os.cpu_count()} cores, "
        f"Linux {platform.release()}; "
        + ", ".join(f"{name} {number}" for name, number in versions.items())
        + ", hey from its newest tag."
    )


def parts(
    *, lines: list[Line], found: Found, commands: Mapping[str, str], note: str
) -> dict[str, str]:
    """Return what a whole measurement says, by the names of its places in the documents."""
    shown = "\n".join(f"{name + ':':30} {command}" for name, command in commands.items())
    return {
        "machine": f"Machine: {machine()} {note}",
        "generators": generator_table(found.throughput),
        "promises": table(
            ["figure", "measured", "must", "goal", "verdict"], [x.cells() for x in lines]
        ),
        "heap": heap_of_a_day(found.page_heap_mb),
        "commands": f"```text\n{shown}\n```",
    }


def heap_of_a_day(heap_mb: list[float]) -> str:
    """Return the page's memory, six hours a row."""
    hours = heap_mb[1:]
    rows = [hours[first : first + 6] for first in range(0, len(hours), 6)]
    shown = "\n".join(
        f"{6 * index + 1:>2} to {6 * index + len(row):>2} h  "
        + "  ".join(f"{mb:5.1f}" for mb in row)
        for index, row in enumerate(rows)
    )
    return f"Before the first hour: {heap_mb[0]:.1f} MB.\n\n```text\n{shown}\n```"
