"""Judgement over a run of what the generator reports about itself each second.

A run is as good as its worst second: a load test whose generator was saturated for a while has
figures that nobody should trust unseen. Averages were rejected because a short stall, which is what
spoils a p99, disappears in them.

The engine says what it measured; here it is said why. Delays are put down to the host or to other
processes where steal or the wait for a CPU explains them, and a saturated Python to the function
that blocked it, where `runtime/blocking.py` has seen one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from locust_like._core import HealthInterval

_NUMBER = re.compile(r"\d+(?:\.\d+)?")

# Above this share of a core a thread of ours is its own explanation; the engine's limit for LATE.
_BUSY = 0.80
_MS_PER_S = 1000
_MOST_BLOCKERS = 20

_RESUME = "resume delay p99"
_DELAYS = (_RESUME, "send lateness p99")
_TAKEN = ("waiting for a CPU", "CPU stolen by the host")
_WORDS = (
    ("Python thread busy", "Python saturated: busy"),
    ("I/O thread busy", "I/O thread saturated: busy"),
)
"""How the engine begins a cause, and how we do."""
_EXHAUSTED = re.compile(r"\d+ calls found no port, descriptor or memory")


@dataclass(frozen=True)
class Cause:
    """Why intervals were not OK: the text of the worst one, and for how long it held."""

    text: str
    seconds: float


@dataclass(frozen=True)
class Blocker:
    """A place in the script that kept all users from running, and for how long in all.

    Attributes:
        place: for example `locustfile.py:12 in parse`.
    """

    place: str
    seconds: float


@dataclass(frozen=True)
class RunHealth:
    """The verdict over some intervals, normally the whole run.

    Attributes:
        late_s: how many of its seconds were LATE.
        invalid_s: how many were INVALID.
        resume_delay_p99_ms: the largest of the intervals, as are the shares below.
        python_busy: share of a core used by the thread that runs the users, 0-1.
        io_busy: the same of the busiest I/O thread.
        run_queue_wait: share of time in which that Python thread waited for a CPU.
        steal: share of the machine's CPU time that its host took.
        blockers: what kept Python from running users, longest first.
    """

    verdict: str = "OK"
    seconds: float = 0.0
    late_s: float = 0.0
    invalid_s: float = 0.0
    causes: tuple[Cause, ...] = ()
    resume_delay_p99_ms: float = 0.0
    python_busy: float = 0.0
    io_busy: float = 0.0
    run_queue_wait: float = 0.0
    steal: float = 0.0
    blockers: tuple[Blocker, ...] = ()

    @property
    def blocking(self) -> tuple[str, ...]:
        """What blocked Python, as texts with file, line, function and seconds, longest first."""
        return tuple(f"{one.place} ({one.seconds:.1f} s)" for one in self.blockers)

    @property
    def main_cause(self) -> str:
        """The one sentence to show where there is room for one; empty when all is well."""
        if self.verdict == "OK":
            return ""
        if self.blockers and any(cause.text.startswith(_PYTHON_WORDS) for cause in self.causes):
            return f"Python blocked by {self.blocking[0]}"
        return self.causes[0].text if self.causes else ""


_VERDICTS = ("OK", "LATE", "INVALID")
_TAKEN_WORDS = "CPU taken by others"
_BLOCKED_WORDS = "Python blocked by the script"
_PYTHON_WORDS = (_BLOCKED_WORDS, "Python saturated")


@dataclass(frozen=True)
class Circumstances:
    """What is known of a stretch of time besides what the engine measures.

    Attributes:
        waited_s: how long a thread of ours waited for a CPU.
        blockers: what kept Python from running users.
        cpus: how many CPUs this process may use.
    """

    waited_s: float = 0.0
    blockers: tuple[Blocker, ...] = ()
    cpus: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))


def judge(
    intervals: Sequence[HealthInterval], circumstances: Circumstances | None = None
) -> RunHealth:
    """Return the verdict over intervals: that of all but a tenth, with all causes, longest first.

    Causes that differ only in their numbers are one cause; delays and busy shares are maxima.

    Args:
        intervals: normally of one second, just taken from the engine.
        circumstances: what else is known of the same time.
    """
    known = circumstances or Circumstances()
    health = RunHealth()
    for interval in intervals:
        health = combine(
            health,
            RunHealth(
                verdict=interval.verdict,
                seconds=interval.seconds,
                late_s=interval.seconds if interval.verdict == "LATE" else 0.0,
                invalid_s=interval.seconds if interval.verdict == "INVALID" else 0.0,
                causes=tuple(Cause(text, interval.seconds) for text in explain(interval, known)),
                resume_delay_p99_ms=interval.resume_delay_p99_ms,
                python_busy=interval.python_busy,
                io_busy=interval.io_busy,
                run_queue_wait=interval.run_queue_wait,
                steal=interval.steal,
            ),
        )
    return replace(health, blockers=_longest(known.blockers))


def explain(interval: HealthInterval, known: Circumstances) -> list[str]:
    """Return why an interval is not OK, in words for people, each with its figures.

    A delay of Python is put down to the script where it was seen to block for as long. Others are
    put down to the host or other processes where these took the CPU for at least as long: "CPU
    taken by others: waited 15 ms for a CPU, steal 3 %; send lateness p99 7.2 ms". Where our own
    threads fill the CPUs that is not said.
    """
    others = [text for text in interval.causes if not text.startswith((*_DELAYS, *_TAKEN))]
    delays = {
        text: _late_ms(interval, text) for text in interval.causes if text.startswith(_DELAYS)
    }
    told = []
    blocked_ms = sum(one.seconds for one in known.blockers) * _MS_PER_S
    for text, late_ms in list(delays.items()):
        # The sampler looks five times a second, so half of the delay is proof enough.
        if text.startswith(_RESUME) and 0 < late_ms / 2 <= blocked_ms:
            told.append(f"{_BLOCKED_WORDS}; {text}")
            del delays[text]
    waited_s = max(known.waited_s, interval.run_queue_wait * interval.seconds)
    taken_ms = max(waited_s, interval.steal * interval.seconds * known.cpus) * _MS_PER_S
    did = [text for text, late_ms in delays.items() if late_ms <= taken_ms]
    if _ours_fill_the_cpus(interval, known.cpus):
        did = []
    if did or any(text.startswith(_TAKEN) for text in interval.causes):
        figures = f"{_TAKEN_WORDS}: waited {waited_s * _MS_PER_S:.0f} ms for a CPU, "
        figures += f"steal {interval.steal * 100:.0f} %"
        told.append("; ".join([figures, *(text.partition(" (")[0] for text in did)]))
    told += map(_in_words, others)
    return told + [text for text in delays if text not in did]


def _late_ms(interval: HealthInterval, text: str) -> float:
    if text.startswith(_RESUME):
        return interval.resume_delay_p99_ms
    return interval.send_lateness_p99_ms


def _ours_fill_the_cpus(interval: HealthInterval, cpus: int) -> bool:
    busy = (interval.python_busy, interval.io_busy)
    return max(busy) >= _BUSY or sum(busy) >= _BUSY * cpus


def _in_words(text: str) -> str:
    for engine, ours in _WORDS:
        if text.startswith(engine):
            return ours + text.removeprefix(engine)
    if _EXHAUSTED.match(text):
        return f"ports or files exhausted: {text} (see ulimit -n and ip_local_port_range)"
    return text


def combine(first: RunHealth, second: RunHealth) -> RunHealth:
    """Return the verdict over two stretches of a run."""
    held: dict[str, Cause] = {}
    for cause in (*first.causes, *second.causes):
        key = _key(cause.text)
        earlier = held.get(key, Cause(cause.text, 0.0))
        worse = max(earlier.text, cause.text, key=_numbers)
        held[key] = Cause(worse, earlier.seconds + cause.seconds)
    seconds = first.seconds + second.seconds
    late_s, invalid_s = first.late_s + second.late_s, first.invalid_s + second.invalid_s
    return RunHealth(
        verdict=_verdict(seconds, late_s, invalid_s),
        seconds=seconds,
        late_s=late_s,
        invalid_s=invalid_s,
        causes=tuple(sorted(held.values(), key=lambda cause: -cause.seconds)),
        resume_delay_p99_ms=max(first.resume_delay_p99_ms, second.resume_delay_p99_ms),
        python_busy=max(first.python_busy, second.python_busy),
        io_busy=max(first.io_busy, second.io_busy),
        run_queue_wait=max(first.run_queue_wait, second.run_queue_wait),
        steal=max(first.steal, second.steal),
        blockers=_longest(first.blockers + second.blockers),
    )


def worst(healths: Iterable[tuple[str, RunHealth]]) -> RunHealth:
    """Return the verdict over the same stretch on several generators: each must be good.

    Seconds are not added up; a cause says where it was seen longest.

    Args:
        healths: names and what their generators say about themselves.
    """
    named = list(healths)
    ones = [one for _, one in named] or [RunHealth()]
    held: dict[str, Cause] = {}
    for name, one in named:
        for cause in one.causes:
            earlier = held.get(_key(cause.text))
            if earlier is None or earlier.seconds < cause.seconds:
                held[_key(cause.text)] = Cause(f"{cause.text} ({name})", cause.seconds)
    return RunHealth(
        verdict=max((one.verdict for one in ones), key=_VERDICTS.index),
        seconds=max(one.seconds for one in ones),
        late_s=max(one.late_s for one in ones),
        invalid_s=max(one.invalid_s for one in ones),
        causes=tuple(sorted(held.values(), key=lambda cause: -cause.seconds)),
        resume_delay_p99_ms=max(one.resume_delay_p99_ms for one in ones),
        python_busy=max(one.python_busy for one in ones),
        io_busy=max(one.io_busy for one in ones),
        run_queue_wait=max(one.run_queue_wait for one in ones),
        steal=max(one.steal for one in ones),
        blockers=_longest(blocker for one in ones for blocker in one.blockers),
    )


def _verdict(seconds: float, late_s: float, invalid_s: float) -> str:
    """Return the verdict of a stretch: a tenth of it may be worse, since that spoils no percentile.

    The rule of csrc/stats/health.h, for seconds in place of intervals.
    """
    allowed_s = seconds / 10
    if invalid_s > allowed_s:
        return "INVALID"
    return "LATE" if late_s + invalid_s > allowed_s else "OK"


def _longest(blockers: Iterable[Blocker]) -> tuple[Blocker, ...]:
    """Add up what was seen of each place; only the longest are kept, however long the run is."""
    seconds: dict[str, float] = {}
    for one in blockers:
        seconds[one.place] = seconds.get(one.place, 0.0) + one.seconds
    ordered = sorted(seconds.items(), key=lambda item: -item[1])
    return tuple(Blocker(place, total_s) for place, total_s in ordered[:_MOST_BLOCKERS])


def _key(text: str) -> str:
    """Return what a cause is counted under: its text without numbers, or whose fault it is."""
    if text.startswith(_TAKEN_WORDS):
        return _TAKEN_WORDS
    return _NUMBER.sub("#", text)


def _numbers(text: str) -> list[float]:
    """Return the numbers in a cause; what was measured comes first, its limit after it."""
    return [float(number) for number in _NUMBER.findall(text)]


class HealthLog:
    """Collects the engine's health intervals, which it hands out only once.

    Only their combination is kept, so memory stays flat however long the run is.

    Thread: one owner, normally the greenlet that feeds the outputs.
    """

    def __init__(
        self,
        take: Callable[[], Sequence[HealthInterval]],
        take_blockers: Callable[[], Sequence[Blocker]] = tuple,
        take_wait_s: Callable[[], float] = float,
    ) -> None:
        """Read new intervals through `take`, normally `_core.engine_health`.

        Args:
            take: returns the intervals since its last call.
            take_blockers: returns what has blocked Python since its last call.
            take_wait_s: returns how long a thread of ours waited for a CPU since its last call.
        """
        self._take = take
        self._take_blockers = take_blockers
        self._take_wait_s = take_wait_s
        self._whole = RunHealth()

    def recent(self) -> RunHealth:
        """Take the intervals since the last call, and judge only those."""
        fresh = self._fresh()
        self._whole = combine(self._whole, fresh)
        return fresh

    def restart(self) -> None:
        """Forget what was so far: a new run begins."""
        self.recent()
        self._whole = RunHealth()

    def whole(self) -> RunHealth:
        """Judge every interval taken so far."""
        return self._whole

    def _fresh(self) -> RunHealth:
        known = Circumstances(self._take_wait_s(), tuple(self._take_blockers()))
        return judge(self._take(), known)


class WorkersHealthLog(HealthLog):
    """Collects the verdicts that workers send, in place of intervals of our own engine.

    Args:
        take_judged: returns the verdict over what came since its last call.
        judge_whole: returns the verdict over the whole run. It is not the sum of the others, as
            workers report at different moments, and the same seconds would count twice.
    """

    def __init__(
        self, take_judged: Callable[[], RunHealth], judge_whole: Callable[[], RunHealth]
    ) -> None:
        """Read nothing yet."""
        super().__init__(tuple)
        self._take_judged = take_judged
        self._judge_whole = judge_whole

    def whole(self) -> RunHealth:
        """Judge the whole run."""
        return self._judge_whole()

    def _fresh(self) -> RunHealth:
        return self._take_judged()
