"""Rows of exceptions: what makes two of them one, and what they are called."""

import pytest

from locust_like.runtime.exceptions import ExceptionRow, count_exception, title, traceback_text


def caught(kind: type[Exception], text: str) -> Exception:
    with pytest.raises(kind) as caught_here:
        raise kind(text)
    return caught_here.value


def rows_of(*errors: Exception) -> list[ExceptionRow]:
    rows: dict[int, ExceptionRow] = {}
    for error in errors:
        count_exception(rows, "local", str(error), traceback_text(error))
    return list(rows.values())


def test_texts_with_ids_make_one_row() -> None:
    (row,) = rows_of(*(caught(ValueError, f"no order {number}") for number in range(5)))
    assert (row["count"], row["msg"], row["nodes"]) == (5, "no order 0", {"local"})
    assert row["traceback"].endswith("ValueError: no order 0\n")


def test_types_and_places_make_rows() -> None:
    first, second = caught(ValueError, "x"), caught(KeyError, "x")
    with pytest.raises(ValueError, match="x") as elsewhere:
        int("x")
    assert [row["count"] for row in rows_of(first, second, elsewhere.value, first)] == [2, 1, 1]


def test_without_a_traceback_the_text_decides() -> None:
    rows: dict[int, ExceptionRow] = {}
    for text in ("no host", "no host", "no users"):
        count_exception(rows, "local", text, "")
    assert [(row["msg"], row["count"]) for row in rows.values()] == [
        ("no host", 2),
        ("no users", 1),
    ]


def test_causes_are_shown() -> None:
    error = caught(ValueError, "outer")
    error.__cause__ = caught(KeyError, "inner")
    text = traceback_text(error)
    assert text.index("KeyError: 'inner'") < text.index("ValueError: outer")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (caught(KeyError, "token"), "KeyError: 'token'"),
        (caught(ValueError, ""), "ValueError"),
        (caught(ValueError, "two\nlines"), "ValueError: two"),
        (ExceptionGroup("several", [ValueError("one")]), "several (1 sub-exception)"),
    ],
)
def test_title(error: Exception, expected: str) -> None:
    assert title(str(error), traceback_text(error)) == expected
