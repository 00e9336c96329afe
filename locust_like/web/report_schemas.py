"""What a report holds: the run as one document, on the types of the page (`schemas`).

From these, too, come the JSON Schema and the TypeScript; see there.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from locust_like.web.schemas import (
    Endpoint,
    FailureDetails,
    Failures,
    Health,
    History,
    Name,
    Row,
    RunStatus,
    ScriptErrors,
    Workers,
    WorkersCount,
)


class RunOption(Struct):
    """An option of the run that is not its default, and where it came from; secrets are `***`."""

    name: str
    value: str
    origin: str


class TaskShare(Struct):
    """How often a user class, a task set or a task runs; `depth` 0, 1 and so on."""

    depth: int
    name: str
    of_class: float
    """Of what its user class does, 0-1."""
    of_all: float
    """Of what all users do, 0-1."""


class Report(Struct):
    """A run as one document: what the file of `--html` carries, and `/stats/report` answers."""

    product_version: str
    made_wall_s: float
    theme: Literal["auto", "light", "dark"]
    profile: str
    locustfiles: list[str]
    status: RunStatus
    exit_code: int | None
    """null = the process goes on."""
    health: Health
    """Over the whole run."""
    judged_s: float
    late_s: float
    invalid_s: float
    """Of the seconds that were judged, how many were LATE, and how many INVALID."""
    workers: Workers
    workers_count: WorkersCount | None
    total: Row
    names: list[Name]
    rows: list[Row]
    endpoints: list[Endpoint]
    """The 50 with the most requests."""
    failures: Failures
    captured: list[FailureDetails]
    exceptions: ScriptErrors
    """The 100 most frequent."""
    history: History
    """At most 1,200 intervals; those of longer runs are joined, histograms added."""
    tasks: list[TaskShare]
    options: list[RunOption]
