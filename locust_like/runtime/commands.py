"""What an operator can ask of a run, as values; `runtime/control.py` has one handler for each.

They come from the web page, the REST interface, Locust's old routes, the terminal's keys and
`locust-like ctl`, and mean the same from everywhere. In all of them None means: as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ArgumentValue = str | float | bool | list[str] | None
StaffKind = Literal["drain", "use", "remove"]
OrderKind = Literal["pause", "resume", "stop", "stop_now", "reset", "undo"]


@dataclass(frozen=True)
class ClassChange:
    """New values for one user class; `fixed_count` 0 means users by weight."""

    name: str
    enabled: bool | None = None
    weight: float | None = None
    fixed_count: int | None = None
    host: str | None = None


@dataclass(frozen=True)
class Start:
    """Start a run; `run_time_s` 0 means no limit, `shape` "" no load shape.

    Attributes:
        based_on: the version of the state that the operator saw; None = do it in any case.
    """

    users: int | None = None
    spawn_rate_per_s: float | None = None
    host: str | None = None
    run_time_s: float | None = None
    classes: tuple[ClassChange, ...] = ()
    tags: tuple[str, ...] | None = None
    exclude_tags: tuple[str, ...] | None = None
    arguments: Mapping[str, ArgumentValue] = field(default_factory=dict)
    shape: str | None = None
    based_on: int | None = None


@dataclass(frozen=True)
class Edit:
    """Change the load of a run that is active."""

    users: int | None = None
    spawn_rate_per_s: float | None = None
    classes: tuple[ClassChange, ...] = ()
    based_on: int | None = None


@dataclass(frozen=True)
class Order:
    """Something that needs no values.

    `stop` lets tasks end within the stop timeout, `stop_now` kills what is in flight; `undo` takes
    the last edit back, within ten seconds.
    """

    kind: OrderKind
    based_on: int | None = None


@dataclass(frozen=True)
class Staff:
    """Give a worker no more users, use it again, or let it report the rest and end."""

    index: int
    kind: StaffKind


@dataclass(frozen=True)
class Mark:
    """Write a note into the charts."""

    text: str


Command = Start | Edit | Order | Staff | Mark
