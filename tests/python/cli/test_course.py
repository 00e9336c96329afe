"""The end of a run: what is told when."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from locust_like import events
from locust_like.cli.course import Course
from locust_like.cli.ending import Ending
from locust_like.cli.reporting import Reporter
from locust_like.outputs.base import Moment, RunResult
from locust_like.stats.health import HealthLog
from locust_like.stats.view import RequestStats


class Recording:
    """An output that keeps what it gets."""

    period_s = 1.0

    def __init__(self) -> None:
        self.results: list[RunResult] = []

    def start(self) -> None:
        """Nothing to check."""

    def tick(self, moment: Moment) -> None:
        """Nobody runs long enough for that."""

    def finish(self, result: RunResult) -> Sequence[str]:
        self.results.append(result)
        return ()


class SlowCluster:
    """A cluster whose processes take a minute to end."""

    def __init__(self, now_s: list[float]) -> None:
        self._now_s = now_s

    def wait(self, ending: Ending) -> None:
        ending.ask("enough")

    def finish(self, ending: Ending) -> int:
        self._now_s[0] += 60
        return 3


def test_processes_that_end_slowly_are_no_part_of_the_run(fake_core: SimpleNamespace) -> None:
    now_s = [100.0]
    runner: Any = SimpleNamespace(
        state="stopped", paused=False, user_count=0, target_user_count=0, workers=None,
        exceptions={}, listener_failures=0, quit=lambda: None,
    )  # fmt: skip
    environment: Any = SimpleNamespace(
        runner=runner, stats=RequestStats(recorder=fake_core.Recorder()), events=events,
        listener_exceptions={}, unverified_users=(), process_exit_code=None, shape_class=None,
        user_classes=[], filter_tasks=lambda: None, filters_tasks=False,
    )  # fmt: skip
    output = Recording()
    reporter = Reporter(
        environment, [output], HealthLog(list), run_time_s=None, clock=lambda: now_s[0]
    )
    settings = SimpleNamespace(on=lambda _: False)
    plan: Any = SimpleNamespace(settings=settings, exit_code_on_error=1, users=1)
    cluster: Any = SlowCluster(now_s)
    assert Course(plan, environment, reporter, Ending(), cluster).drive() == 3
    (result,) = output.results
    assert (result.ending, result.exit_code, result.moment.elapsed_s) == ("enough", 3, 0.0)
