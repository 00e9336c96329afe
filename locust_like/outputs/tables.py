"""Plain-text tables that fit a width: every column as wide as its content, one takes the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locust_like.outputs.numbers import columns as columns_of
from locust_like.outputs.numbers import padded, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

_NARROWEST_NAME = 12


@dataclass(frozen=True)
class Column:
    """A column's title; `flexible` ones are cut in the middle when the line would be too long."""

    title: str
    left: bool = False
    flexible: bool = False


BAR = Column("|")


def render(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], last: Sequence[str], width: int
) -> list[str]:
    """Return the lines of a table: header, rule, and if there are any: rows, rule, last row.

    Args:
        columns: at most one of them flexible.
        rows: cells in the order of `columns`; those under `BAR` are ignored.
        last: the row of totals, below the second rule; empty = none, and no second rule.
        width: of the terminal, in characters; only a name column below 12 could break it.
    """
    body = [*rows, last] if last else list(rows)
    widths = [
        max(len(column.title), *(columns_of(row[i]) for row in body)) if body else len(column.title)
        for i, column in enumerate(columns)
    ]
    taken = sum(w for w, column in zip(widths, columns, strict=True) if not column.flexible)
    left_over = max(width - taken - (len(columns) - 1), _NARROWEST_NAME)
    widths = [
        min(w, left_over) if column.flexible else w
        for w, column in zip(widths, columns, strict=True)
    ]
    rule = "-" * (sum(widths) + len(widths) - 1)
    lines = [_line(columns, widths, [column.title for column in columns]), rule]
    lines += [_line(columns, widths, row) for row in rows]
    if last:
        lines += [*([rule] if rows else []), _line(columns, widths, last)]
    return lines


def _line(columns: Sequence[Column], widths: Sequence[int], cells: Sequence[str]) -> str:
    parts = []
    for column, width, cell in zip(columns, widths, cells, strict=True):
        text = "|" if column is BAR else shorten(cell, width)
        parts.append(padded(text, width, left=column.left))
    return " ".join(parts).rstrip()
