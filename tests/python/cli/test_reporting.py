"""What outputs get, when, and what happens when one fails."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import gevent
import pytest

from locust_like.cli.reporting import Reporter
from locust_like.outputs.base import Moment, RunResult
from locust_like.stats.health import HealthLog
from locust_like.stats.view import RequestStats


class Recording:
    """An output that remembers what it got, and fails when it is told to."""

    def __init__(self, period_s: float = 1.0, *files: str) -> None:
        self.period_s = period_s
        self.files = files
        self.moments: list[Moment] = []
        self.results: list[RunResult] = []
        self.broken = False

    def start(self) -> None:
        self._fail()

    def tick(self, moment: Moment) -> None:
        self.moments.append(moment)
        self._fail()

    def finish(self, result: RunResult) -> Sequence[str]:
        self.results.append(result)
        self._fail()
        return self.files

    def _fail(self) -> None:
        if self.broken:
            raise OSError(28, "No space left on device")


def interval(verdict: str) -> SimpleNamespace:
    return SimpleNamespace(
        verdict=verdict,
        seconds=1.0,
        causes=[],
        resume_delay_p99_ms=0.0,
        send_lateness_p99_ms=0.0,
        python_busy=0.0,
        io_busy=0.0,
        run_queue_wait=0.0,
        steal=0.0,
    )


@pytest.fixture
def environment(fake_core: SimpleNamespace) -> Any:
    runner = SimpleNamespace(
        state="running", paused=False, user_count=3, target_user_count=4, workers=None
    )
    return SimpleNamespace(runner=runner, stats=RequestStats(recorder=fake_core.Recorder()))


def reporter_of(environment: Any, *outputs: Recording, health: Any = ()) -> Reporter:
    """Return a reporter that takes the next item of `health` each time it asks the engine."""
    times, batches = iter(range(1000)), iter(health)
    log = HealthLog(lambda: next(batches, []))
    return Reporter(environment, outputs, log, run_time_s=30.0, clock=lambda: float(next(times)))


def test_a_moment(environment: Any) -> None:
    output = Recording()
    reporter_of(environment, output).tick(1)
    (moment,) = output.moments
    assert (moment.state, moment.user_count, moment.target_user_count) == ("running", 3, 4)
    assert (moment.elapsed_s, moment.run_time_s) == (1.0, 30.0)


def test_periods(environment: Any) -> None:
    each, second, never = Recording(1.0), Recording(2.0), Recording(3600.0)
    reporter = reporter_of(environment, each, second, never)
    for seconds in range(1, 6):
        reporter.tick(seconds)
    assert [len(output.moments) for output in (each, second, never)] == [5, 2, 0]


def test_what_a_sleeping_machine_missed_is_one_moment(environment: Any) -> None:
    each, fifth = Recording(1.0), Recording(5.0)
    reporter = reporter_of(environment, each, fifth)
    for seconds in (1, 93, 94, 95):
        reporter.tick(seconds)
    assert [len(output.moments) for output in (each, fifth)] == [4, 2]


def test_the_clock_goes_on_where_the_time_is(environment: Any) -> None:
    output = Recording()
    now_s = [0.0]
    reporter = Reporter(
        environment, [output], HealthLog(list), run_time_s=None, clock=lambda: now_s[0]
    )
    reporter.start()
    now_s[0] = 90.5
    for _ in range(10):
        gevent.sleep(0)
    reporter.stop()
    assert [moment.elapsed_s for moment in output.moments] == [90.5]


def test_one_snapshot_a_beat(environment: Any) -> None:
    reporter_of(environment, Recording(), Recording()).tick(1)
    assert environment.stats.recorder.collects == 1


def test_nobody_due_costs_no_snapshot(environment: Any) -> None:
    reporter_of(environment, Recording(2.0)).tick(1)
    assert environment.stats.recorder.collects == 0


def test_health_between_two_ticks_is_not_lost(environment: Any) -> None:
    output = Recording(2.0)
    reporter = reporter_of(environment, output, health=[[interval("LATE")], [interval("OK")]])
    for seconds in (1, 2, 4):
        reporter.tick(seconds)
    assert [m.health.verdict for m in output.moments] == ["LATE", "OK"]
    assert [m.health.seconds for m in output.moments] == [2.0, 0.0]


def test_the_result_has_the_health_of_the_whole_run(environment: Any) -> None:
    output = Recording()
    reporter = reporter_of(environment, output, health=[[interval("INVALID")], [interval("OK")]])
    reporter.tick(1)
    assert reporter.finish("time limit reached", [], ["Visitor"]) == 0
    (result,) = output.results
    assert (result.ending, result.unverified) == ("time limit reached", ("Visitor",))
    assert (result.moment.health.verdict, result.moment.health.seconds) == ("INVALID", 2.0)


def test_later_outputs_know_the_files_of_earlier_ones(environment: Any) -> None:
    first, second, last = Recording(1, "a"), Recording(1, "b", "c"), Recording(1)
    reporter_of(environment, first, second, last).finish("x", [])
    assert [output.results[0].files for output in (first, second, last)] == (
        [(), ("a",), ("a", "b", "c")]
    )


def test_an_output_that_fails_is_tried_again_and_told_once(
    environment: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Recording(), Recording()
    reporter = reporter_of(environment, bad, good, health=[[interval("LATE")], [], []])
    bad.broken = True
    reporter.tick(1)
    reporter.tick(2)
    assert caplog.text.count("cannot be written now: No space left on device") == 1
    bad.broken = False
    reporter.tick(3)
    assert (len(bad.moments), len(good.moments)) == (3, 3)
    assert bad.moments[2].health.verdict == "LATE", "what the lost rows had is not lost"
    assert reporter.finish("x", []) == 0
    assert len(bad.results) == 1


def test_a_lost_final_result_is_told(environment: Any, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = Recording(), Recording()
    bad.broken = True
    assert reporter_of(environment, bad, good).finish("x", []) == 1
    assert "The final results could not be written" in caplog.text
    (result,) = good.results
    assert (result.exit_code, result.unwritten) == (1, ("No space left on device",))


def test_a_lost_final_result_hides_no_other_exit_code(environment: Any) -> None:
    bad = Recording()
    bad.broken = True
    assert reporter_of(environment, bad).finish("x", [], exit_code=42) == 42


def test_the_verdict_so_far_loses_no_health(environment: Any) -> None:
    output = Recording()
    reporter = reporter_of(environment, output, health=[[interval("INVALID")], [interval("OK")]])
    reporter.tick(1)
    assert reporter.verdict() == "INVALID"
    reporter.finish("x", [])
    (result,) = output.results
    assert (result.unseen_health.verdict, result.unseen_health.seconds) == ("OK", 1.0)
    assert (result.moment.health.verdict, result.moment.health.seconds) == ("INVALID", 2.0)


def test_the_result_knows_when_the_run_began_and_ended(environment: Any) -> None:
    output, walls = Recording(), iter([100.0, 200.0, 300.0])
    log = HealthLog(list)
    reporter = Reporter(environment, [output], log, run_time_s=None, wall_clock=lambda: next(walls))
    reporter.start()
    reporter.finish("x", [])
    (result,) = output.results
    assert (result.start_wall_s, result.end_wall_s) == (200.0, 300.0)


def test_a_defect_of_one_output_costs_no_other(
    environment: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Defective(Recording):
        def _fail(self) -> None:
            raise KeyError("defect")

    defective, good = Defective(), Recording()
    reporter = reporter_of(environment, defective, good)
    reporter.tick(1)
    reporter.tick(2)
    assert reporter.finish("x", []) == 1
    assert (len(defective.moments), len(good.moments), len(good.results)) == (1, 2, 1)
    assert good.results[0].unwritten == ("Defective: KeyError('defect')",)
    assert "KeyError: 'defect'" in caplog.text


def test_an_output_may_refuse_the_run(environment: Any) -> None:
    bad = Recording()
    bad.broken = True
    with pytest.raises(OSError, match="No space left"):
        reporter_of(environment, Recording(), bad).check()


def test_it_ticks_each_second_until_the_end(environment: Any) -> None:
    """The injected clock jumps by a second at each reading, so nothing is waited for."""
    output = Recording()
    reporter = reporter_of(environment, output)
    reporter.start()
    while len(output.moments) < 3:
        gevent.sleep(0)
    reporter.finish("x", [])
    ticks = len(output.moments)
    gevent.sleep(0)
    assert len(output.moments) == ticks


def test_without_a_runner_there_is_nothing_to_report(environment: Any) -> None:
    environment.runner = None
    with pytest.raises(RuntimeError, match="a runner"):
        reporter_of(environment, Recording()).finish("x", [])
