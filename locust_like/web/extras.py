"""What a locustfile adds to the page: tables of its own, and files to download.

Source: `extended_tabs`, `extended_tables` and `extended_csv_files` of Locust's `template_args`;
the rows are `extended_stats` of `/stats/requests`, which scripts put there by `template_args` or,
as Locust's documentation shows, by a function that Flask calls after each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import jsonify

from locust_like.web import schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

_MOST_ROWS = 500


def extras_of(
    app: Flask, figures: Callable[[], Mapping[str, Any]], args: Mapping[str, Any]
) -> schemas.Extras:
    """Return the tables and files that a script has added.

    Args:
        app: the application, whose functions after a request may add the rows.
        figures: returns what `/stats/requests` answers without them.
        args: `template_args` of the script.
    """
    structures = {str(row.get("key")): row for row in args.get("extended_tables") or ()}
    tabs = [row for row in args.get("extended_tabs") or () if str(row.get("key")) in structures]
    rows = _rows(app, figures) if tabs else {}
    return schemas.Extras(
        tables=[
            _table(tab, structures[str(tab["key"])], rows.get(str(tab["key"]), [])) for tab in tabs
        ],
        files=[
            schemas.ExtraFile(str(row.get("title", "")), str(row["href"]))
            for row in args.get("extended_csv_files") or ()
            if _is_ours(str(row.get("href", "")))
        ],
    )


def _rows(app: Flask, figures: Callable[[], Mapping[str, Any]]) -> dict[str, list[Any]]:
    with app.test_request_context("/stats/requests"):
        reply = app.process_response(jsonify(figures()))
    told = reply.get_json(silent=True) or {}
    return {str(part.get("key")): part.get("data") or [] for part in told.get("extended_stats", [])}


def _table(
    tab: Mapping[str, Any], structure: Mapping[str, Any], rows: list[Any]
) -> schemas.ExtraTable:
    columns = [column for column in structure.get("structure") or () if "key" in column]
    return schemas.ExtraTable(
        title=str(tab.get("title") or tab["key"]),
        columns=[str(column.get("title") or column["key"]) for column in columns],
        rows=[[str(row.get(column["key"], "")) for column in columns] for row in rows[:_MOST_ROWS]],
    )


def _is_ours(href: str) -> bool:
    """Tell whether a link leads to a path of this server."""
    parts = urlsplit(href)
    return bool(parts.path) and not parts.scheme and not parts.netloc
