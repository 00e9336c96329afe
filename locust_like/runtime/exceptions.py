"""What users' code raised, counted by where it happened.

Two exceptions are one kind if type and line are the same, whatever their texts: a message with an
id in it must not make a row for each id. The text of the first one is kept, without secrets.

Source: the rows are those of Locust's `runner.exceptions`, except that the traceback ends with the
exception's type and text, and shows its causes.
"""

import re
import time
import traceback
from typing import TypedDict

from locust_like.stats.masking import masked

_FRAME = re.compile(r'\s*File "')


class ExceptionRow(TypedDict):
    """One kind of exception that users' code raised."""

    count: int
    msg: str
    traceback: str
    nodes: set[str]
    first_seen_wall_s: float
    last_seen_wall_s: float


def traceback_text(error: BaseException) -> str:
    """Return the traceback of an exception with its causes, type and text."""
    return "".join(traceback.format_exception(error))


def title(message: str, formatted: str) -> str:
    """Return type and text, for example `KeyError: 'token'`; the message alone if nobody knows.

    Args:
        message: the text of the exception.
        formatted: its traceback as text; may be empty.
    """
    first_line = message.partition("\n")[0]
    for line in reversed(formatted.splitlines()):
        if line[:1].strip() and line.endswith(first_line):
            return line
    return message


def count_exception(
    rows: dict[int, ExceptionRow], node_id: str, message: str, formatted: str, *, times: int = 1
) -> None:
    """Count an exception in the row of its kind, which is made if it is new."""
    frames = tuple(line for line in formatted.splitlines() if _FRAME.match(line))
    kind = title(message, formatted).partition(":")[0] if frames else message
    now_s = time.time()
    key = hash((kind, frames))
    row = rows.get(key)
    if row is None:
        row = rows[key] = ExceptionRow(
            count=0,
            msg=masked(message),
            traceback=masked(formatted),
            nodes=set(),
            first_seen_wall_s=now_s,
            last_seen_wall_s=now_s,
        )
    row["count"] += times
    row["last_seen_wall_s"] = now_s
    row["nodes"].add(node_id)
