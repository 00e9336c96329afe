"""A finished run with known figures, as outputs get it."""

from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.outputs.base import Moment, RunResult, ScriptException
from locust_like.stats.health import Cause, RunHealth
from locust_like.stats.view import FrozenStats


@pytest.fixture
def snapshot(fake_core: SimpleNamespace) -> Any:
    """Return 4 calls: 3 on the wire with one hop, 1 never sent; besides, 1 reported by a script."""
    return fake_core.Snapshot(
        entries=[
            fake_core.Entry(
                "GET", "/b", [10.0, 20.0, 30.0], 1, 1, exchanges=4, hops=1, never_sent=1
            ),
            fake_core.Entry("SQL", "select", [1.0]),
        ],
        errors=[
            fake_core.Error("GET", "/b", text="=cmd()\nsecond line", occurrences=1),
        ],
        total=fake_core.Entry(
            "", "Aggregated", [1.0, 10.0, 20.0, 30.0], 1, 1, exchanges=4, hops=1, never_sent=1
        ),
    )


@pytest.fixture
def moment(fake_core: SimpleNamespace, snapshot: Any) -> Moment:
    """Return a moment in the middle of the run."""
    return Moment(
        state="running",
        elapsed_s=12.0,
        run_time_s=30.0,
        user_count=5,
        target_user_count=5,
        stats=FrozenStats(snapshot, snapshot, lambda _method, _name: [fake_core.Point(3.0, 4, 1)]),
        health=RunHealth("LATE", 12.0, 2.0, causes=(Cause("Python 98% busy", 2.0),)),
    )


@pytest.fixture
def result(moment: Moment) -> RunResult:
    """Return the end of the run."""
    return RunResult(
        moment=moment,
        ending="time limit reached",
        exceptions=(
            ScriptException(3, "KeyError: 'x'", "'x'", "Traceback\n  line 1\n", ("local",)),
        ),
        files=("run_stats.csv",),
    )
