"""The map of edge cases: reads tests/edge_cases.toml, makes docs/edge-cases.md from it.

`python tests/python/edge_cases.py` writes the page; tests/python/test_edge_cases.py holds the map
to the tests that exist.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "tests/edge_cases.toml"
PAGE = ROOT / "docs/edge-cases.md"

HEAD = """# Edge cases

What a call becomes when servers, networks and this machine misbehave, and the test that proves it.
A class in `this type` is the failure's row in the statistics (`docs/statistics.md`); everything
else is a success unless it says so.

This page is made from `tests/edge_cases.toml` by `python tests/python/edge_cases.py`.
{proved} of {all} cases have a test.
"""
TABLE = ("", "| case | becomes | proved by |", "|---|---|---|")


@dataclass(frozen=True)
class Case:
    """One edge case; `tests` is empty where none proves it yet."""

    row: str
    what: str
    becomes: str
    tests: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.row}: {self.what}"


@dataclass(frozen=True)
class EdgeCases:
    """The whole map."""

    counts: dict[str, int]
    """How many cases the header promises, by row."""
    most_missing: int
    titles: dict[str, str]
    cases: tuple[Case, ...]
    missing: dict[str, str]
    """Why a case has no test, by its key."""
    judged: dict[str, str]
    """Why a case is judged differently than one might expect, with the RFC's section, by key."""

    def of_row(self, row: str) -> list[Case]:
        return [case for case in self.cases if case.row == row]

    @property
    def test_ids(self) -> list[str]:
        return sorted({test for case in self.cases for test in case.tests})


def read(path: Path = MAP) -> EdgeCases:
    """Read the map."""
    document = tomllib.loads(path.read_text())
    rows = document["row"]
    return EdgeCases(
        counts=document["cases"],
        most_missing=document["missing"],
        titles={row["key"]: row["title"] for row in rows},
        cases=tuple(
            Case(row["key"], what, becomes, tuple(tests))
            for row in rows
            for what, becomes, *tests in row["cases"]
        ),
        missing=document.get("why_missing", {}),
        judged=document.get("judged", {}),
    )


def _line(edge_cases: EdgeCases, case: Case) -> str:
    notes = [case.becomes, edge_cases.judged.get(case.key, "")]
    proof = "<br>".join(case.tests) or f"none yet: {edge_cases.missing.get(case.key, '?')}"
    cells = (case.what, ". ".join(note for note in notes if note), proof)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page(edge_cases: EdgeCases) -> str:
    """Return the page."""
    proved = sum(1 for case in edge_cases.cases if case.tests)
    parts = [HEAD.format(proved=proved, all=len(edge_cases.cases))]
    for row, title in edge_cases.titles.items():
        lines = [_line(edge_cases, case) for case in edge_cases.of_row(row)]
        parts.append("\n".join([f"## {title}", *TABLE, *lines, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(read()))
