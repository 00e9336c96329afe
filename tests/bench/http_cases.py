"""Kinds of requests other than the plain one, each against the leanest generator that can send it.

wrk is told the method, body and header lines once and sends these bytes; it neither decodes replies
nor keeps cookies. Neither wrk nor hey verifies certificates, ours does. wrk resumes the TLS session
of the connection before, hey makes full handshakes. What is asked of ours is what a script would
ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import generators as g
from cases import FOREVER_S, Bench, Windows, ratio, take_turns
from report import Line

USERS = 100
COOKIE = "Cookie: session=0123456789abcdef"


@dataclass(frozen=True)
class Kind:
    """One kind of request: our user classes by the figure they give, and who it is held against."""

    other: g.Job
    url: str
    figures: dict[str, str]
    must: float | None = None
    goal: float | None = None


def wrk(url: str, *more: str) -> g.Job:
    job = g.wrk(url, users=USERS, seconds=FOREVER_S)
    return g.Job([*job.command, *more])


def http2(bench: Bench) -> list[Kind]:
    url = bench.nginx.h2_url

    def h2load(connections: int, streams: int) -> g.Job:
        return g.h2load(f"{url}/", connections=connections, streams=streams, seconds=FOREVER_S)

    one, many = (f"HTTP/2, {n} a connection, against h2load" for n in ("1 stream", "100 streams"))
    return [
        Kind(h2load(USERS, 1), url, {one: "OneStream"}, 1.6, 1.2),
        Kind(h2load(1, USERS), url, {many: "ManyStreams"}, 1.6, 1.5),
    ]


def post(bench: Bench) -> list[Kind]:
    url = bench.nginx.url
    figures = {
        "POST of 10 KB, `data=` bytes, against wrk": "PostBytes",
        "... `json=` that is encoded each time": "PostJson",
    }
    return [Kind(wrk(f"{url}/", "-s", str(g.FILES / "post.lua")), url, figures)]


def download(bench: Bench) -> list[Kind]:
    url = bench.nginx.url
    return [Kind(wrk(f"{url}/download"), url, {"1 MB download, against wrk": "Download"})]


def gzip(bench: Bench) -> list[Kind]:
    url = bench.nginx.url
    figures = {
        "gzip replies of 20 KB, against wrk": "Gzip",
        "... decoded and read as text": "GzipRead",
    }
    return [Kind(wrk(f"{url}/gzip"), url, figures)]


def cookies(bench: Bench) -> list[Kind]:
    url = bench.nginx.url
    figures = {"a cookie set and sent each time, against wrk": "Cookie"}
    return [Kind(wrk(f"{url}/cookie", "-H", COOKIE), url, figures)]


def new_tls(bench: Bench) -> list[Kind]:
    url = bench.nginx.tls_url
    resumed = "TLS 1.3, a new connection each time, resumed as wrk does"
    full = "... with a full handshake, against hey"
    hey = g.hey(url, users=USERS, seconds=FOREVER_S, keep_alive=False)
    return [
        Kind(wrk(f"{url}/", "-H", "Connection: close"), url, {resumed: "NewConnectionResumed"}),
        Kind(hey, url, {full: "NewConnection"}),
    ]


def failures(bench: Bench) -> list[Kind]:
    url = bench.nginx.url
    figures = {"status 500, captured, against a reply that is a success": "Failing"}
    return [Kind(our_job(bench, "Plain", url), url, figures, 1.1)]


CASES: dict[str, Callable[[Bench], list[Kind]]] = {
    "http2": http2,
    "post": post,
    "download": download,
    "gzip": gzip,
    "cookies": cookies,
    "new-tls": new_tls,
    "failures": failures,
}


def our_job(bench: Bench, name: str, url: str) -> g.Job:
    """Build the job of one user class of kinds.py."""
    job = g.python_job(g.OURS, "kinds.py", url, users=USERS, seconds=FOREVER_S)
    return g.trusting(g.Job([*job.command, name]), bench.nginx)


def measure(bench: Bench, kind: Kind) -> Windows:
    other = Path(kind.other.command[0]).name
    jobs = {other: kind.other}
    for name in kind.figures.values():
        jobs[name] = our_job(bench, name, kind.url)
    return take_turns(bench, jobs)


def lines(bench: Bench, case: str) -> list[Line]:
    found = []
    for kind in CASES[case](bench):
        windows = measure(bench, kind)
        for figure, name in kind.figures.items():
            cost = ratio(windows, name, next(iter(windows)), lambda w: w.cpu_us_per_request)
            found.append(Line(figure, cost, kind.must, kind.goal, "x"))
    return found
