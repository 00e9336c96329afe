"""Small functions that Locust keeps in `locust.util` and that scripts and plugins import.

Source: Locust 2.47, util/.
"""

from __future__ import annotations

import functools
import inspect
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import urlsplit

from locust_like.outputs.numbers import utc
from locust_like.plan.locustfile import load_locustfiles
from locust_like.plan.shapes import LoadTestShape
from locust_like.plan.units import parse_duration
from locust_like.users.user import User

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

_DAY_S = 86_400
_HOUR_S = 3600
_MINUTE_S = 60


def parse_timespan(time_str: str) -> int:
    """Return whole seconds from `20`, `20s`, `3m`, `2h`, `1h20m`.

    Raises:
        ValueError: the text is none of these.
    """
    return int(parse_duration(time_str))


def proper_round(val: float, digits: int = 0) -> float:
    """Round half up, where `round` rounds to even."""
    number = float(val)
    # Source: Locust; what is added is smaller than the last digit that the number shows.
    return float(round(number + 10 ** (-len(str(number)) - 1), digits))


def is_url(url: str) -> bool:
    """Tell whether a text is an http or https URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def memoize(
    timeout: float, dynamic_timeout: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the last result of a function for a while, whatever its arguments; a decorator.

    Args:
        timeout: seconds.
        dynamic_timeout: twice as long, each time the function itself takes longer.

    Returns:
        The function, with an attribute `clear_cache` to forget the result.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        kept: list[tuple[float, R]] = []
        keep_s = timeout

        @functools.wraps(function)
        def cached(*args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal keep_s
            start_s = time.monotonic()
            if not kept or start_s - kept[0][0] > keep_s:
                result = function(*args, **kwargs)
                kept[:] = [(time.monotonic(), result)]
                if dynamic_timeout and kept[0][0] - start_s > keep_s:
                    keep_s *= 2
            return kept[0][1]

        cached.clear_cache = kept.clear  # type: ignore[attr-defined]  # scripts call it
        return cached

    return decorate


def format_utc_timestamp(unix_timestamp: float) -> str:
    """Return seconds since the epoch as UTC in ISO 8601 with a final Z."""
    return utc(int(unix_timestamp))


def format_safe_timestamp(unix_timestamp: float) -> str:
    """Return local time as a part of a file name, for example `2026-11-27-01h54`."""
    local = datetime.fromtimestamp(int(unix_timestamp), UTC).astimezone()
    return local.strftime("%Y-%m-%d-%Hh%M")


def format_duration(start_time: float, end_time: float) -> str:
    """Return the time between two moments in words, for example `1 hour, 2 minutes and 1 second`.

    Args:
        start_time: seconds since the epoch.
        end_time: seconds since the epoch.
    """
    rest, words = int(end_time - start_time), []
    for unit_s, unit in ((_DAY_S, "day"), (_HOUR_S, "hour"), (_MINUTE_S, "minute"), (1, "second")):
        count, rest = divmod(rest, unit_s)
        if count:
            words.append(f"{count} {unit}{'' if count == 1 else 's'}")
    *most, last = words or ["0 seconds"]
    return f"{', '.join(most)} and {last}" if most else last


def get_abspaths_in(path: str, extension: str | None = None) -> list[str]:
    """Return the files in a folder and below it, those that begin with `_` left out."""
    return [
        os.path.abspath(os.path.join(folder, name))
        for folder, _, names in os.walk(path)
        for name in names
        if not name.startswith("_") and name.endswith(extension or "")
    ]


def load_locustfile(path: str) -> tuple[dict[str, type[User]], list[LoadTestShape]]:
    """Import a locustfile.

    Args:
        path: of the file, absolute or from the working directory.

    Returns:
        Its user classes by name, and an instance of each of its load shapes.

    Raises:
        LocustfileError: it cannot be imported, or has no user class.
    """
    (file,) = load_locustfiles((Path(path).resolve(),))
    return {cls.__name__: cls for cls in file.user_classes}, list(file.shapes)


def is_shape_class(item: object) -> bool:
    """Tell whether something is a load shape that can be run."""
    return inspect.isclass(item) and issubclass(item, LoadTestShape) and not item.abstract


def is_user_class(item: object) -> bool:
    """Tell whether something is a user class that can be run."""
    return inspect.isclass(item) and issubclass(item, User) and not item.abstract
