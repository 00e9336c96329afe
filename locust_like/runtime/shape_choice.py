"""Which load shape the next run follows, where a locustfile has some and operators may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locust_like.errors import CommandError
from locust_like.runtime.control_values import ShapeNow

if TYPE_CHECKING:
    from locust_like.plan.shapes import LoadTestShape
    from locust_like.runtime.control_checks import Load
    from locust_like.runtime.environment import Environment


def shape_name(environment: Environment) -> str:
    """Return the name of the shape that the next run follows; "" = none."""
    shape = environment.shape_class
    return "" if shape is None else type(shape).__name__


def shapes_now(environment: Environment) -> tuple[ShapeNow, ...]:
    """Return the shapes that can be chosen."""
    return tuple(
        ShapeNow(name, bool(shape.use_common_options))
        for name, shape in (environment.available_shape_classes or {}).items()
    )


def tell_load(environment: Environment, load: Load) -> None:
    """Let a shape that reads the common options find those of this run, as they were typed.

    Source: Locust has whole seconds there, which scripts count with.
    """
    options = environment.parsed_options
    if options is not None:
        options.num_users = options.users = load.users
        options.spawn_rate = load.spawn_rate_per_s
        seconds = load.run_time_s
        whole = seconds is not None and float(seconds).is_integer()
        options.run_time = int(seconds or 0) if whole else seconds


def find_shape(environment: Environment, name: str | None) -> LoadTestShape | None:
    """Return the shape of a name: the one that there is for None, no shape for "".

    Raises: CommandError when no locustfile has it.
    """
    if name is None:
        return environment.shape_class
    shapes: dict[str, LoadTestShape] = environment.available_shape_classes or {}
    if name and name not in shapes:
        raise CommandError(
            f"no locustfile has a load shape {name}",
            field="shape",
            value=name,
            accepted=f"one of {', '.join(shapes)}" if shapes else "none",
        )
    return shapes.get(name)
