"""What a locustfile adds to the page."""

from typing import Any

import pytest

from .conftest import Site

TAB = {"title": "Mine", "key": "mine"}
TABLE = {"key": "mine", "structure": [{"key": "a", "title": "A"}, {"key": "b"}, {"title": "no"}]}


def extras(site: Site) -> Any:
    return site.client.get("/api/v1/extras").get_json()


def test_nothing_is_added_by_itself(site: Site) -> None:
    assert extras(site) == {"tables": [], "files": []}


def test_rows_are_texts_in_the_order_of_the_columns(site: Site) -> None:
    site.ui.template_args |= {
        "extended_tabs": [TAB, {"title": "No table", "key": "other"}],
        "extended_tables": [TABLE],
        "extended_stats": [{"key": "mine", "data": [{"b": 2.5, "a": "<x>", "c": 1}] * 600}],
    }
    (table,) = extras(site)["tables"]
    assert (table["title"], table["columns"]) == ("Mine", ["A", "b"])
    assert table["rows"] == [["<x>", "2.5"]] * 500


def test_a_table_without_rows_is_there(site: Site) -> None:
    site.ui.template_args = {"extended_tabs": [TAB], "extended_tables": [TABLE]}
    assert extras(site)["tables"][0]["rows"] == []


@pytest.mark.parametrize(
    ("href", "is_taken"),
    [
        ("/mine.csv", True),
        ("mine.csv", True),
        ("javascript:alert(1)", False),
        ("http://evil.test/x", False),
        ("//evil.test/x", False),
        ("", False),
    ],
)
def test_only_files_of_this_server_are_offered(site: Site, href: str, is_taken: bool) -> None:
    site.ui.template_args["extended_csv_files"] = [{"title": "A file", "href": href}]
    assert bool(extras(site)["files"]) is is_taken
