"""`make bench`: measure, compare with what was promised, fill docs/benchmarks.md and the README.

Usage: run.py [--quick] [--rounds N] [--seconds S] [--only CASE ...] [--no-write]
"""

import argparse
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import accuracy
import cases
import documents
import generators as g
import http_cases
import master_load
import placement
import report
import web_cases
from cases import Bench, ratio
from measure import Window
from report import Found, Line
from servers import nginx, target

OURS = "locust_like HttpUser"
CHECKED = "locust_like, catch_response"


def cpu(window: Window) -> float:
    return window.cpu_us_per_request


def throughput_lines(bench: Bench, found: Found) -> list[Line]:
    windows = found.throughput = cases.throughput(bench)
    fast = ratio(windows, "Locust FastHttpUser", OURS, cpu)
    more = statistics.median(
        cpu(b) - cpu(a) for a, b in zip(windows[OURS], windows[CHECKED], strict=True)
    )
    return [
        Line(
            "CPU per request, 100 users, against wrk",
            ratio(windows, OURS, "wrk", cpu),
            1.5,
            1.25,
            "x",
        ),
        Line("... FastHttpUser costs that of ours times", fast, 10, None, "x", at_least=True),
        Line(
            "... k6 costs that of ours times",
            ratio(windows, "k6", OURS, cpu),
            5,
            None,
            "x",
            at_least=True,
        ),
        Line("catch_response and a status check on top", more, 0.7, 0.3, "us"),
    ]


def connections_lines(bench: Bench, _: Found) -> list[Line]:
    windows = cases.connections(bench)
    return [Line("5,000 connections, against wrk", ratio(windows, OURS, "wrk", cpu), 1.1, 0.8, "x")]


def compatibility_lines(bench: Bench, _: Found) -> list[Line]:
    windows = cases.compatibility(bench)
    names = ("import locust", "import locust_like, again")
    through, noise = (ratio(windows, name, "import locust_like", cpu) for name in names)
    return [
        Line("a file that imports locust costs that of ours times", through, 1.03, None, "x"),
        Line("... and ours costs that of ours times, the noise", noise, 1.03, None, "x"),
    ]


def tls_lines(bench: Bench, _: Found) -> list[Line]:
    windows = cases.tls(bench)
    return [Line("TLS 1.3, against wrk", ratio(windows, OURS, "wrk", cpu), 1.5, 1.2, "x")]


def delay_lines(bench: Bench, _: Found) -> list[Line]:
    figures = cases.delay(bench)
    more = {key: figures[OURS][key] - figures["wrk"][key] for key in ("p50_ms", "p99_ms")}
    return [Line("10 ms server, 200 users: p50 above wrk's", more["p50_ms"], 0.15, 0.05, "ms")]


def busy_lines(bench: Bench, _: Found) -> list[Line]:
    figures = cases.busy(bench)
    return [
        Line("10 ms server, 5 ms of Python a request: p50", figures["p50_ms"], 10.5, 10.2, "ms"),
        Line("... the run is marked LATE (1 = yes)", figures["late"], 1, None, "", at_least=True),
    ]


def start_up_lines(bench: Bench, _: Found) -> list[Line]:
    ours = cases.start_up(bench, OURS, g.OURS)
    cases.start_up(bench, "Locust FastHttpUser", g.LOCUST)
    return [
        Line("memory per idle user, 9,000 users", ours["bytes_per_user"] / 1000, 13, 10, "KB"),
        Line("start 9,000 users incl. first request: CPU", ours["start_cpu_s"], 0.9, 0.4, "s"),
    ]


def histogram_lines(_: Bench, __: Found) -> list[Line]:
    return [
        Line(
            "histogram error at any percentile, 0.1 ms to 60 s",
            accuracy.histogram_error() * 100,
            0.8,
            None,
            "%",
        )
    ]


def command_lines(_: Bench, __: Found) -> list[Line]:
    figures = cases.command_line()
    return [
        Line("`locust-like --help`", figures["help_ms"], 150, 80, "ms"),
        Line('`python -c "import locust_like"`', figures["import_ms"], 150, 80, "ms"),
    ]


def page_lines(_: Bench, found: Found) -> list[Line]:
    figures = web_cases.page_figures()
    found.page_heap_mb = figures.heap_mb
    return web_cases.page_lines(figures)


def web_lines(bench: Bench, _: Found) -> list[Line]:
    return web_cases.server_lines(bench)


def cluster_lines(bench: Bench, _: Found) -> list[Line]:
    windows = cases.processes(bench)
    steps = placement.figures()
    slowest = max((row for row in steps if row.is_promised), key=lambda row: row.median_ms)
    for row in steps:
        cases.show(row.name, f"median {row.median_ms:.2f} ms, longest {row.max_ms:.2f} ms")
    master = master_load.figures()
    cases.show(
        "master of 200 workers",
        f"{master.cpu_percent:.1f} % of a core, {master.memory_mib:.0f} MiB, reports of "
        f"{master.requests_per_s:,.0f} requests/s",
    )
    return [
        Line(
            "master, 200 workers x 500 endpoints x 10 requests/s: share of a core",
            master.cpu_percent,
            master_load.CPU_MUST,
            master_load.CPU_GOAL,
            "%",
        ),
        Line("... its memory", master.memory_mib, master_load.MEMORY_MUST_MIB, None, "MiB"),
        Line(
            "CPU per request with --processes 2",
            ratio(windows, "--processes 2", "one process", cpu),
            1.05,
            None,
            "x one process",
        ),
        Line(
            "... against two runs that share the core",
            ratio(windows, "--processes 2", "two runs of 50 users", cpu),
            1.05,
            None,
            "x",
        ),
        Line(
            "dispatch step, 1,000 workers and classes, 1,000,000 users",
            slowest.median_ms,
            placement.MUST_MS,
            placement.GOAL_MS,
            "ms",
        ),
    ]


def http_lines(case: str) -> Callable[[Bench, Found], list[Line]]:
    return lambda bench, _: http_cases.lines(bench, case)


CASES: dict[str, Callable[[Bench, Found], list[Line]]] = {
    "throughput": throughput_lines,
    "compatibility": compatibility_lines,
    "connections": connections_lines,
    "tls": tls_lines,
    **{case: http_lines(case) for case in http_cases.CASES},
    "delay": delay_lines,
    "busy": busy_lines,
    "start-up": start_up_lines,
    "histogram": histogram_lines,
    "command-line": command_lines,
    "cluster": cluster_lines,
    "web": web_lines,
    "page": page_lines,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round of 3 s a measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a measurement")
    parser.add_argument("--only", nargs="*", choices=CASES, default=list(CASES))
    parser.add_argument("--no-write", action="store_true", help="print, but keep the documents")
    found = parser.parse_args()
    if found.quick:
        found.rounds, found.seconds = 1, 3.0
    return found


def shown_commands() -> dict[str, str]:
    jobs = g.throughput_jobs("URL", users=100, seconds=cases.FOREVER_S)
    root = f"{g.ROOT}/"
    return {
        name: " ".join(["taskset -c 1", *job.command])
        .replace(root, "")
        .replace(sys.prefix, ".venv")
        for name, job in jobs.items()
    }


def main() -> int:
    options = arguments()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    lines: list[Line] = []
    found = Found()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as logs,
        nginx() as web,
        target(g.OURS) as url,
    ):
        bench = Bench(web, url, Path(logs), options.rounds, options.seconds)
        for name in options.only:
            print(f"{name}:", flush=True)
            lines += CASES[name](bench, found)
    print(
        "\n"
        + report.table(
            ["figure", "measured", "must", "goal", "verdict"], [x.cells() for x in lines]
        )
    )
    if options.only == list(CASES) and not options.no_write:
        note = f"{options.rounds} round(s) of {options.seconds:g} s, medians."
        measured = report.parts(lines=lines, found=found, commands=shown_commands(), note=note)
        documents.fill(g.ROOT / "docs/benchmarks.md", measured)
        documents.fill(g.ROOT / "README.md", {"generators": measured["generators"]})
        print("Read the notes of docs/benchmarks.md again: they are about the figures before.")
    return 0 if all(line.meets(line.must) for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
