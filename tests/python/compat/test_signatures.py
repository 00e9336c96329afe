"""Each name of the table can be called as Locust's can, and what is left out is written down."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from locust_like.compat.names import MODULES

from .differences import DIFFERENT, MISSING

PROBE = Path(__file__).with_name("signature_probe.py")


def probed(python: Path | str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(python), str(PROBE), *arguments],
        # Locust's users of OpenAI cannot be imported without it.
        env=os.environ | {"OPENAI_API_KEY": "none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def theirs(real_locust: Path) -> dict[str, Any]:
    """Return Locust's public names and members with their parameters."""
    return probed(real_locust)


@pytest.fixture(scope="module")
def ours(theirs: dict[str, Any]) -> dict[str, Any]:
    """Return the same of ours, where we have them."""
    return probed(sys.executable, json.dumps(sorted(theirs)))


def unmatched(theirs: list[list[Any]], ours: list[list[Any]]) -> list[str]:
    """Return what a call of theirs could not do with ours: [name, kind, default] rows."""
    takes_any = {row[1] for row in ours}
    positional = [row for row in ours if row[1] == "POSITIONAL_OR_KEYWORD"]
    by_name = {row[0]: row for row in ours}
    troubles = []
    place = 0
    for name, kind, default in theirs:
        if kind in ("VAR_POSITIONAL", "VAR_KEYWORD"):
            continue
        if kind == "POSITIONAL_OR_KEYWORD":
            at_place = positional[place : place + 1]
            place += 1
            if "VAR_POSITIONAL" not in takes_any and (not at_place or at_place[0][0] != name):
                troubles.append(f"{name} is not parameter {place}")
                continue
        known = by_name.get(name)
        if known is None:
            if "VAR_KEYWORD" not in takes_any:
                troubles.append(f"no {name}")
        elif known[2] != default and default is not None:
            troubles.append(f"{name} is {known[2]} by default, not {default}")
    if any(row[1].startswith("VAR") for row in theirs):
        return troubles
    names = {row[0] for row in theirs}
    required = [row[0] for row in ours if row[2] is None and not row[1].startswith("VAR")]
    return troubles + [f"{name} has to be given" for name in required if name not in names]


def not_in(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return names that are not written down."""
    return [name for name in names if not any(fnmatchcase(name, one) for one in patterns)]


def differences(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, parameters in theirs.items():
        if name not in ours:
            found[name] = "missing"
        elif parameters is not None and ours[name] is not None:
            troubles = unmatched(parameters, ours[name])
            if troubles:
                found[name] = "; ".join(troubles)
    return found


def test_every_name_is_there_with_its_parameters_or_written_down(
    theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    found = differences(theirs, ours)
    missing = {name for name, text in found.items() if text == "missing"}
    different = {name: text for name, text in found.items() if text != "missing"}
    assert not_in(MISSING, missing) == []
    assert [different[name] for name in not_in(DIFFERENT, different)] == []


def test_what_is_written_down_is_needed(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    found = differences(theirs, ours)
    needless = [one for one in (*MISSING, *DIFFERENT) if len(not_in([one], found)) == len(found)]
    assert needless == []


def test_a_name_that_nobody_wrote_down_is_seen(theirs: dict[str, Any]) -> None:
    for name in ("locust.runners:Unheard", "locust.stats:StatsEntry.unheard", "locust.newer:name"):
        found = differences(theirs | {name: None}, theirs)
        assert not_in(MISSING, found) == [name]


def test_every_module_of_the_table_is_one_of_locusts(theirs: dict[str, Any]) -> None:
    modules = {name.partition(":")[0] for name in theirs}
    empty = {"locust.contrib", "locust.rpc", "locust.util", "locust.user"}
    assert set(MODULES) - modules <= empty


@pytest.mark.parametrize(
    ("ours", "troubles"),
    [
        ([["a", "POSITIONAL_OR_KEYWORD", None], ["b", "POSITIONAL_OR_KEYWORD", "1"]], []),
        ([["a", "POSITIONAL_OR_KEYWORD", None]], ["b is not parameter 2"]),
        (
            [["a", "POSITIONAL_OR_KEYWORD", None], ["b", "POSITIONAL_OR_KEYWORD", "2"]],
            ["b is 2 by default, not 1"],
        ),
        ([["x", "VAR_POSITIONAL", None], ["y", "VAR_KEYWORD", None]], []),
        (
            [
                ["a", "POSITIONAL_OR_KEYWORD", None],
                ["b", "POSITIONAL_OR_KEYWORD", "1"],
                ["c", "KEYWORD_ONLY", None],
            ],
            ["c has to be given"],
        ),
    ],
)
def test_a_difference_is_seen(ours: list[list[Any]], troubles: list[str]) -> None:
    theirs: list[list[Any]] = [
        ["a", "POSITIONAL_OR_KEYWORD", None],
        ["b", "POSITIONAL_OR_KEYWORD", "1"],
    ]
    assert unmatched(theirs, ours) == troubles
