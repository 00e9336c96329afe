"""The greenlet that feeds the outputs, one frozen moment a second for all of them."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import gevent

from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.troubles import describe
from locust_like.outputs.base import Moment, RunResult, ScriptException
from locust_like.runtime.notices import Notices
from locust_like.runtime.state import ACTIVE
from locust_like.stats.health import RunHealth, combine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust_like.outputs.base import Output
    from locust_like.runtime.environment import Environment
    from locust_like.stats.health import HealthLog

_logger = logging.getLogger("locust.main")


class Reporter:
    """Takes moments of a run and hands them to outputs.

    Thread: the hub's thread. What becomes of an output that fails: `outputs.base.Output`.
    """

    def __init__(
        self,
        environment: Environment,
        outputs: Sequence[Output],
        health: HealthLog,
        *,
        run_time_s: float | None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Report on `environment`, whose runner must exist, to `outputs`, in their order."""
        self._environment = environment
        self._outputs = tuple(outputs)
        self._run_time_s = run_time_s
        self._clock = clock
        self._wall_clock = wall_clock
        self._start_s = clock()
        self._start_wall_s = wall_clock()
        self._ticked_s = 0
        self._health = health
        self._defective: set[int] = set()
        self._notices = Notices()
        self._unseen = [RunHealth() for _ in outputs]
        self._greenlet: gevent.Greenlet | None = None
        # The final moment of a run that has ended, and when that was.
        self._held: tuple[Moment, float] | None = None

    def check(self) -> None:
        """Let every output check its place.

        Raises: OSError from an output that cannot write.
        """
        for output in self._outputs:
            output.start()

    def hold(self) -> None:
        """Keep the figures of a run that has ended for `finish`, whatever is waited for until then.

        What was kept already stays.
        """
        self.stop()
        if self._held is not None:
            return
        self._take_health()
        self._held = self._moment(self._health.whole()), self._wall_clock()

    def restart(self, run_time_s: float | None) -> None:
        """Start again, for another run in the same process."""
        self.stop()
        self._held = None
        self._health.restart()
        self._unseen = [RunHealth() for _ in self._outputs]
        self._run_time_s = run_time_s
        self.start()

    def start(self) -> None:
        """Start the run's clock, and tick until `finish`."""
        self._start_s = self._clock()
        self._start_wall_s = self._wall_clock()
        self._ticked_s = 0
        self._greenlet = gevent.spawn(self._tick_forever)

    def stop(self) -> None:
        """Tick no more; the final result may still be given."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None

    def _tick_forever(self) -> None:
        while True:
            following = self._ticked_s + 1
            gevent.sleep(max(0.0, self._start_s + following - self._clock()))
            # What a machine that slept has missed is one moment, and not one for each second.
            self.tick(max(following, math.floor(self._clock() - self._start_s)))

    def tick(self, seconds: int) -> None:
        """Give the moment to every output of which a period has ended since the last tick."""
        self._take_health()
        due = [
            (index, output)
            for index, output in enumerate(self._outputs)
            if seconds // output.period_s > self._ticked_s // output.period_s
            and index not in self._defective
        ]
        self._ticked_s = seconds
        if not due:
            return
        moment = self._moment(RunHealth())
        for index, output in due:
            seen, self._unseen[index] = self._unseen[index], RunHealth()
            try:
                output.tick(replace(moment, health=seen))
            except OSError as error:
                # Its next row has this health, too.
                self._unseen[index] = seen
                self._notices.tell(
                    f"Results cannot be written now: {describe(error)}; the run goes on, and it is "
                    f"tried again"
                )
            except Exception:
                self._defective.add(index)
                _logger.exception("Results cannot be written until the run ends")

    def _moment(self, health: RunHealth) -> Moment:
        runner = self._environment.runner
        if runner is None:
            raise RuntimeError("a reporter needs an environment with a runner")
        return Moment(
            state="paused" if runner.paused and runner.state in ACTIVE else runner.state,
            elapsed_s=self._clock() - self._start_s,
            run_time_s=self._run_time_s,
            user_count=runner.user_count,
            target_user_count=runner.target_user_count,
            stats=self._environment.stats.freeze(),
            health=health,
            workers=runner.workers,
        )

    def verdict(self) -> str:
        """Return what the generator says about itself over the run so far."""
        self._take_health()
        return self._health.whole().verdict

    def finish(
        self,
        ending: str,
        exceptions: Sequence[ScriptException],
        unverified: Sequence[str] = (),
        *,
        exit_code: int = ExitCode.OK,
    ) -> int:
        """Give every output the final result.

        Files written by earlier outputs are told to later ones, so a console comes last.

        Returns: the exit code; a 0 becomes a 1 when an output could not write.
        """
        self.stop()
        self._take_health()
        moment, end_wall_s = self._held or (self._moment(self._health.whole()), self._wall_clock())
        result = RunResult(
            moment,
            ending,
            tuple(exceptions),
            unverified=tuple(unverified),
            exit_code=exit_code,
            start_wall_s=self._start_wall_s,
            end_wall_s=end_wall_s,
        )
        for output, unseen in zip(self._outputs, self._unseen, strict=True):
            try:
                written = output.finish(replace(result, unseen_health=unseen))
                result = replace(result, files=(*result.files, *written))
            except OSError as error:
                result = _without(result, describe(error))
                _logger.error("The final results could not be written: %s", result.unwritten[-1])
            except Exception as error:
                result = _without(result, f"{type(output).__name__}: {error!r}")
                _logger.exception("The final results could not be written")
        return result.exit_code

    def _take_health(self) -> None:
        """Note for every output what it has not seen yet."""
        health = self._health.recent()
        self._unseen = [combine(unseen, health) for unseen in self._unseen]


def _without(result: RunResult, what: str) -> RunResult:
    """Return a result that tells the outputs to come what an earlier one could not write."""
    code = result.exit_code or ExitCode.FAILED
    return replace(result, exit_code=code, unwritten=(*result.unwritten, what))
