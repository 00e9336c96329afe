"""Which rows a viewer looks at, and in what order: the filter language of the requests table.

Words are searched in method and name; `method:GET` and `name:/x` look in one of them only;
`fail>0`, `p95>300`, `rps<1` compare a figure. All parts must hold. The page applies the same rules
itself while there are few rows (`webui/src/features/statistics/filter.ts`).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from locust_like.errors import FilterError
from locust_like.web.schemas import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust_like.web.rows import Names

FIELDS = {
    "fail": "failures", "failures": "failures", "requests": "requests", "rps": "now_rps",
    "avg": "avg_ms", "min": "min_ms", "max": "max_ms", "p50": "p50_ms", "p90": "p90_ms",
    "p95": "p95_ms", "p99": "p99_ms", "bytes": "avg_bytes",
}  # fmt: skip
"""What a comparison may name, and the field of `Row` that it means."""

ACCEPTED = (
    "words, method:GET, name:/x, or a comparison as fail>0, p95>300, p95>1.5s, rps<1 of "
    + ", ".join(FIELDS)
)
_COMPARISON = re.compile(r"^(\w+)(>=|<=|>|<|=)(\d+(?:\.\d+)?)(ms|s)?$")
_SORT_TEXTS = frozenset({"name", "method"})
_ROW_FIELDS = Row.__struct_fields__


class _Part(NamedTuple):
    text: str
    where: str


def matcher(expression: str) -> Callable[[str, str, Row], bool]:
    """Return a function of (method, name, row) that tells whether a row passes.

    Raises: FilterError.
    """
    texts: list[_Part] = []
    comparisons: list[tuple[str, Callable[[float], bool]]] = []
    for part in expression.split():
        if any(sign in part for sign in "<>="):
            comparisons.append(_comparison(part))
            continue
        where, colon, text = part.partition(":")
        if colon and where in _SORT_TEXTS:
            texts.append(_Part(text.lower(), where))
        else:
            texts.append(_Part(part.lower(), ""))

    def passes(method: str, name: str, row: Row) -> bool:
        for text, where in texts:
            inside = {"method": method, "name": name}.get(where, f"{method} {name}")
            if text not in inside.lower():
                return False
        for field, holds in comparisons:
            value = getattr(row, field)
            if value is None or not holds(value):
                return False
        return True

    return passes


def _comparison(part: str) -> tuple[str, Callable[[float], bool]]:
    found = _COMPARISON.match(part.lower())
    field = FIELDS.get(found[1]) if found else None
    if found is None or field is None:
        raise FilterError(part)
    limit = float(found[3]) * (1000 if found[4] == "s" else 1)
    if found[4] and not field.endswith("_ms"):
        raise FilterError(part)
    holds: dict[str, Callable[[float], bool]] = {
        ">": lambda value: value > limit,
        "<": lambda value: value < limit,
        ">=": lambda value: value >= limit,
        "<=": lambda value: value <= limit,
        "=": lambda value: math.isclose(value, limit),
    }
    return field, holds[found[2]]


def check_sort(field: str) -> None:
    """Refuse what rows cannot be sorted by.

    Raises: FilterError.
    """
    if field not in _SORT_TEXTS and field not in _ROW_FIELDS:
        raise FilterError(field)


def arranged(
    rows: Sequence[Row], names: Names, *, sort: str, descending: bool, expression: str
) -> list[Row]:
    """Return the rows that pass, in order; rows without the figure come last either way.

    Raises: FilterError.
    """
    check_sort(sort)
    passes = matcher(expression)
    found: list[tuple[str, str, Row]] = []
    for row in rows:
        name = names.name(row.id)
        if name is not None and passes(name.method, name.name, row):
            found.append((name.method, name.name, row))
    if sort in _SORT_TEXTS:
        place = 0 if sort == "method" else 1
        found.sort(key=lambda item: (item[place], item[1 - place]), reverse=descending)
        return [row for _, _, row in found]
    measured = [row for _, _, row in found if getattr(row, sort) is not None]
    measured.sort(key=lambda row: getattr(row, sort), reverse=descending)
    return [*measured, *(row for _, _, row in found if getattr(row, sort) is None)]
