"""Texts with units, as people type them: `1k`, `90s`, `1h30m`.

Every parser refuses what it does not know with a sentence that names the accepted forms; NaN and
infinity have no form, so they are refused like any other word.
"""

from __future__ import annotations

import math
import re

DURATION_FORMS = "Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc."
NUMBER_FORMS = "Valid formats: 100, 1k, 2.5k, 1M."

_NUMBER = re.compile(r"(?P<digits>\d+(?:\.\d+)?|\.\d+)(?P<scale>[kKmM]?)", re.ASCII)
OFF = frozenset({"false", "0", "no", "off", ""})
"""What switches a switch off, in lower case."""

_WITH_PORT = re.compile(r"[^:]+:\d+|\[.*\]:.*", re.ASCII)
_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_MOST_PROCESSES = 1000
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000}
_DURATION = re.compile(
    r"(?:(?P<h>\d+)h)?\s*(?:(?P<m>\d+)m)?\s*(?:(?P<s>\d+(?:\.\d+)?)s?)?", re.ASCII
)


def parse_number(text: str) -> float:
    """Return a number with an optional k or M behind it; signs and exponents are refused.

    Raises: ValueError with the accepted forms.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a number. {NUMBER_FORMS}")
    number = float(match["digits"]) * _SCALES[match["scale"].lower()]
    if math.isinf(number):
        raise ValueError(f"a number of {len(text)} digits is too large. {NUMBER_FORMS}")
    return number


def parse_count(text: str) -> int:
    """Return a whole number with an optional k or M behind it.

    Raises: ValueError with the accepted forms, also for fractions that k or M do not make whole.
    """
    number = parse_number(text)
    if number != int(number):
        raise ValueError(f"{text!r} is not a whole number. {NUMBER_FORMS}")
    return int(number)


def parse_address(text: str) -> str:
    """Return a host name or an IP address, which are not looked at more closely.

    Raises: ValueError for a URL, and where a port is behind it.
    """
    word = text.strip()
    if "/" in word or _WITH_PORT.fullmatch(word):
        raise ValueError(
            f"{text!r} is more than a name or an address; a port has an option of its own."
        )
    return word


def parse_processes(text: str) -> int:
    """Return a number of processes; -1 stands for as many as there are cores, 0 for none.

    Raises: ValueError with the accepted forms.
    """
    word = text.strip()
    if word == "-1":
        return -1
    if not _WHOLE.fullmatch(word) or int(word) > _MOST_PROCESSES:
        raise ValueError(f"{text!r} is neither 1 to {_MOST_PROCESSES:,} nor -1, one for each core.")
    return int(word)


def parse_duration(text: str) -> float:
    """Return seconds from `20`, `20s`, `3m`, `2h`, `1h20m`, `1.5s`.

    Raises: ValueError with the accepted forms.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f"Invalid time span format. {DURATION_FORMS}")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def parse_switch(text: str) -> bool:
    """Return the truth of a switch that is set by text, as environment variables do.

    Raises: ValueError with the accepted forms.
    """
    word = text.strip().lower()
    if word in {"true", "1", "yes", "on"}:
        return True
    if word in OFF:
        return False
    raise ValueError(f"{text!r} is neither true nor false. Valid formats: true, false, 1, 0.")
