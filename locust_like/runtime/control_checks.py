"""What values of an operator are accepted, told before anything is changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from locust_like.errors import CommandError
from locust_like.plan.plan import host_flaw
from locust_like.plan.units import parse_count, parse_duration, parse_number
from locust_like.runtime.control_values import ArgumentNow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locust_like.plan.arguments import CustomArgument
    from locust_like.runtime.commands import ArgumentValue

MOST_USERS = 10_000_000
MOST_RATE_PER_S = 1_000_000.0
LEAST_RATE_PER_S = 0.001
LONGEST_RUN_S = 366 * 24 * 3600.0


@dataclass(frozen=True)
class Load:
    """How many users, how fast, and for how long (None = until somebody stops the run)."""

    users: int
    spawn_rate_per_s: float
    run_time_s: float | None

    def changed(
        self, users: int | None, spawn_rate_per_s: float | None, run_time_s: float | None
    ) -> Load:
        """Return a load with new values; None = as it is, a run time of 0 = no limit."""
        return Load(
            self.users if users is None else users,
            self.spawn_rate_per_s if spawn_rate_per_s is None else spawn_rate_per_s,
            self.run_time_s if run_time_s is None else run_time_s or None,
        )


def check_load(load: Load) -> None:
    """Refuse numbers that make no sense.

    Raises: CommandError.
    """
    _check("users", load.users, 0, MOST_USERS, "users")
    _check("spawn_rate_per_s", load.spawn_rate_per_s, LEAST_RATE_PER_S, MOST_RATE_PER_S, "users/s")
    if load.run_time_s is not None:
        _check("run_time_s", load.run_time_s, 0.1, LONGEST_RUN_S, "s")


def _check(field: str, value: float, least: float, most: float, unit: str) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise CommandError(
            f"{field} cannot be {value:g}",
            field=field,
            value=f"{value:g}",
            accepted=f"{least:,g} to {most:,.0f} {unit}",
        )


def number_of(field: str, text: str | None) -> float | None:
    """Return the number that the text of a form means; None for an empty one.

    Args:
        field: `users`, `spawn_rate_per_s` or `run_time_s`, which is written like 1h30m.
        text: as somebody typed it.

    Raises: CommandError.
    """
    if not text:
        return None
    parse = {"users": parse_count, "run_time_s": parse_duration}.get(field, parse_number)
    try:
        return parse(text)
    except ValueError as error:
        raise CommandError(
            f"{field} cannot be {text[:100]!r}", field=field, value=text[:100], accepted=str(error)
        ) from error


def check_host(field: str, host: str | None) -> None:
    """Refuse a host that is no base URL; None is accepted.

    Raises: CommandError.
    """
    flaw = host_flaw(host.strip()) if host else ""
    if host and flaw:
        raise CommandError(
            f"{field} {host!r} is no base URL: {flaw}",
            field="host",
            value=host,
            accepted="for example http://127.0.0.1:8080",
        )


class Arguments:
    """The options that a locustfile has added, as operators see and change them.

    Args:
        known: by the name under which scripts read them.
        options: where scripts read them (`environment.parsed_options`).
    """

    def __init__(self, known: Mapping[str, CustomArgument], options: Any) -> None:
        """Take the values as they are."""
        self._known = known
        self._options = options

    def now(self) -> tuple[ArgumentNow, ...]:
        """Return all arguments with their values; the value of a secret is None."""
        return tuple(
            ArgumentNow(
                name,
                argument.kind,
                None if argument.kind == "secret" else self._value(name),
                argument.help,
                argument.choices,
                argument.required,
            )
            for name, argument in self._known.items()
            if argument.shown
        )

    def _value(self, name: str) -> ArgumentValue:
        value = getattr(self._options, name, None)
        if isinstance(value, list | tuple):
            return [str(item) for item in value]
        return value if isinstance(value, str | int | float | bool | None) else str(value)

    def set(self, values: Mapping[str, ArgumentValue]) -> None:
        """Set these, or none of them if one cannot be set.

        Raises: CommandError.
        """
        parsed = {name: self._parsed(name, value) for name, value in values.items()}
        for name, value in parsed.items():
            setattr(self._options, name, value)

    def _parsed(self, name: str, value: ArgumentValue) -> object:
        argument = self._known.get(name)
        if argument is None:
            raise CommandError(
                f"the locustfile has no argument {name}",
                field=f"arguments.{name}",
                accepted=f"one of {', '.join(self._known)}" if self._known else "none",
            )
        try:
            return argument.parse(value)
        except ValueError as error:
            raise CommandError(
                f"{name} cannot be {value!r}",
                field=f"arguments.{name}",
                value=str(value),
                accepted=str(error),
            ) from error
