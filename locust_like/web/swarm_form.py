"""What Locust's form of `/swarm` means: a new run, or another load for the one that is active.

Source: names and JSON are Locust's. Where a field cannot be read, nothing is changed and the reply
says which one, in Locust's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from locust_like.errors import CommandError
from locust_like.runtime.commands import ClassChange, Edit, Start
from locust_like.runtime.control_checks import number_of
from locust_like.runtime.shape_choice import find_shape

if TYPE_CHECKING:
    from locust_like.runtime.commands import ArgumentValue
    from locust_like.runtime.control_values import ArgumentNow, ControlLike
    from locust_like.runtime.environment import Environment

_DEFAULT_SHAPE = "Default"
"""What Locust's page sends when no load shape is chosen."""
_ACTIVE = frozenset({"spawning", "running", "paused"})
_NUMBERS = {
    "user_count": ("users", "an integer"),
    "spawn_rate": ("spawn_rate_per_s", "a number above 0"),
    "run_time": ("run_time_s", "a time: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc."),
}
_SWITCH = {"true": True, "on": True, "false": False, "": False}


def swarm(environment: Environment, control: ControlLike, who: str) -> dict[str, Any]:
    """Do what the form of the current request says, and return the reply."""
    try:
        return _swarm(environment, control, who)
    except CommandError as error:
        return {"success": False, "message": str(error), "host": control.status().host}


def _swarm(environment: Environment, control: ControlLike, who: str) -> dict[str, Any]:
    form = request.form
    count, rate_per_s, run_time_s = (_number(name) for name in _NUMBERS)
    users = None if count is None else int(count)
    picks = bool(getattr(environment.parsed_options, "class_picker", False))
    chosen = form.getlist("user_classes") if picks else []
    reply: dict[str, Any] = {"success": True, "message": "Swarming started"}
    if control.status().state in _ACTIVE:
        control.do(Edit(users, rate_per_s), who)
    else:
        plan = control.plan()
        _refuse_strangers(chosen, [row.name for row in plan.classes])
        if picks:
            _choose_shape(environment, form.get("shape_class") or _DEFAULT_SHAPE)
        start = Start(
            users,
            rate_per_s,
            host=form.get("host") or None,
            run_time_s=run_time_s,
            classes=tuple(
                ClassChange(row.name, enabled=row.name in chosen) for row in plan.classes if chosen
            ),
            arguments={row.name: _value(row) for row in plan.arguments if row.name in form},
        )
        control.do(start, who)
        if "profile" in form:
            environment.profile = form["profile"] or None
        if run_time_s:
            reply["run_time"] = int(run_time_s) if run_time_s.is_integer() else run_time_s
    if picks:
        reply["user_classes"] = sorted(row.name for row in control.plan().classes if row.enabled)
    return {**reply, "host": control.status().host}


def _number(name: str) -> float | None:
    """Return a number of the form; None for an empty or missing one.

    Raises: CommandError.
    """
    field, words = _NUMBERS[name]
    text = request.form.get(name)
    try:
        value = number_of(field, text)
        if name == "spawn_rate" and value is not None and value <= 0:
            raise CommandError("it is not above 0", value=text or "")
        return value
    except CommandError as error:
        raise CommandError(
            f"Invalid {name} value: {(text or '')[:100]!r} (must be {words})",
            field=name,
            value=error.value,
            accepted=error.accepted,
        ) from error


def _refuse_strangers(chosen: list[str], known: list[str]) -> None:
    for name in chosen:
        if name not in known:
            raise CommandError(
                f"there is no user class {name[:100]}; there are {', '.join(known)}",
                field="user_classes",
            )


def _choose_shape(environment: Environment, name: str) -> None:
    """Follow another load shape, or none.

    Raises: CommandError for a shape that no locustfile has.
    """
    environment.shape_class = find_shape(environment, "" if name == _DEFAULT_SHAPE else name)


def _value(row: ArgumentNow) -> ArgumentValue:
    """Return a value of the form as the kind of its argument has it."""
    text = request.form[row.name]
    if row.kind == "switch":
        return _SWITCH.get(text.lower(), text)
    if row.kind == "choices":
        return text.split(",") if "," in text else request.form.getlist(row.name)
    return text
