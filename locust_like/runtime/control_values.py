"""What an operator sees of a run, as values; `runtime/control.py` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.runtime.commands import ArgumentValue, Command, Edit

Kind = Literal[
    "start", "load", "pause", "resume", "stop", "reset", "mark", "spawned", "workers", "end"
]
_MINUTE_S = 60.0


@dataclass(frozen=True)
class Annotation:
    """Something that happened at a moment; `who` is web, terminal, api, script, run or a name."""

    wall_s: float
    kind: Kind
    text: str
    who: str


@dataclass(frozen=True)
class Status:
    """Where the run is and what it was told; the fields of `RunStatus` in `web/schemas.py`."""

    run: int
    version: int
    state: str
    users: int
    target_users: int
    spawn_rate_per_s: float
    start_wall_s: float | None
    elapsed_s: float
    run_time_s: float | None
    ending: str
    host: str | None
    classes: Mapping[str, int]
    can_undo_s: float
    shape: str


@dataclass(frozen=True)
class ClassNow:
    """One user class of the locustfile as it would run now."""

    name: str
    enabled: bool
    weight: float
    fixed_count: int
    host: str | None
    tasks: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class ArgumentNow:
    """An option that the locustfile has added; the value of a secret is always None."""

    name: str
    kind: Literal["text", "number", "switch", "choice", "choices", "secret"]
    value: ArgumentValue
    help: str
    choices: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class ShapeNow:
    """A load shape of the locustfile; `reads_load`: it reads users, spawn rate and run time."""

    name: str
    reads_load: bool


@dataclass(frozen=True)
class PlanNow:
    """What the next run would be; the fields of `LoadPlan` in `web/schemas.py`."""

    host: str | None
    users: int
    spawn_rate_per_s: float
    run_time_s: float | None
    classes: tuple[ClassNow, ...]
    tags: tuple[str, ...]
    chosen_tags: tuple[str, ...]
    excluded_tags: tuple[str, ...]
    arguments: tuple[ArgumentNow, ...]
    shapes: tuple[ShapeNow, ...]
    shape: str


@dataclass(frozen=True)
class Preview:
    """What an edit would do."""

    users_now: int
    users_then: int
    spawn_rate_per_s: float
    seconds: float
    classes: Mapping[str, int]
    text: str


class ControlLike(Protocol):
    """What the web needs of `Control`."""

    def do(self, command: Command, who: str) -> Status:
        """Do it and return the state afterwards; stopping returns at once, and goes on.

        Raises: CommandError, or StaleCommand when `based_on` is not the current version.
        """

    def preview(self, edit: Edit) -> Preview:
        """Return what the edit would do, without doing it."""

    def status(self) -> Status:
        """Return where the run is."""

    def plan(self) -> PlanNow:
        """Return what the next run would be."""

    def annotations(self, since: int = 0) -> Sequence[Annotation]:
        """Return those of this run from index `since` on, at most 10,000 in all."""


def duration_text(seconds: float) -> str:
    """Return a time as people say it, for example `2 min 5 s`."""
    if seconds < 1:
        return "at once"
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), int(_MINUTE_S))
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
