"""Tables that fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locust_like.outputs.tables import BAR, Column, render

COLUMNS = [Column("Name", left=True, flexible=True), BAR, Column("reqs")]


def test_columns_are_as_wide_as_their_content() -> None:
    assert render(COLUMNS, [["/a", "|", "12"], ["/longer", "|", "3"]], ["all", "|", "15"], 80) == [
        "Name    | reqs",
        "--------------",
        "/a      |   12",
        "/longer |    3",
        "--------------",
        "all     |   15",
    ]


def test_the_flexible_column_gives_way() -> None:
    lines = render(COLUMNS, [["/" + "x" * 100, "|", "1"]], (), 40)
    assert max(len(line) for line in lines) == 40
    assert "…" in lines[2]


def test_without_rows() -> None:
    assert render(COLUMNS, [], (), 80) == ["Name | reqs", "-----------"]
    assert render(COLUMNS, [], ["all", "|", "0"], 80)[2:] == ["all  |    0"]


@given(
    st.lists(st.text("ab/", max_size=300), max_size=5),
    st.integers(min_value=30, max_value=200),
)
def test_no_line_is_longer_than_the_width(names: list[str], width: int) -> None:
    lines = render(COLUMNS, [[name, "|", "123456"] for name in names], ["", "|", "1"], width)
    assert max(len(line) for line in lines) <= width


def test_rows_must_have_a_cell_for_each_column() -> None:
    with pytest.raises((ValueError, IndexError)):
        render(COLUMNS, [["/a"]], (), 80)
