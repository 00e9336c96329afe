"""Every edge case of the client has a test that exists: the map of them holds."""

import re
import subprocess
import sys

import pytest

from .edge_cases import PAGE, ROOT, Case, EdgeCases, page, read

LAYERS = {folder.name for folder in (ROOT / "csrc").iterdir() if folder.is_dir()}


@pytest.fixture(scope="module")
def edge_cases() -> EdgeCases:
    return read()


def python_tests(edge_cases: EdgeCases) -> list[str]:
    return [test for test in edge_cases.test_ids if test.startswith("tests/")]


def cpp_tests(edge_cases: EdgeCases) -> list[str]:
    return [test for test in edge_cases.test_ids if not test.startswith("tests/")]


def test_each_row_has_as_many_cases_as_the_header_says(edge_cases: EdgeCases) -> None:
    assert {row: len(edge_cases.of_row(row)) for row in edge_cases.titles} == edge_cases.counts


def test_each_case_is_named_once(edge_cases: EdgeCases) -> None:
    keys = [case.key for case in edge_cases.cases]
    assert len(set(keys)) == len(keys)


def test_a_case_without_a_test_says_why_and_they_get_fewer(edge_cases: EdgeCases) -> None:
    without = {case.key for case in edge_cases.cases if not case.tests}
    assert without == set(edge_cases.missing)
    assert len(without) == edge_cases.most_missing, "lower `missing` in the header"


def test_what_is_judged_differently_names_its_source(edge_cases: EdgeCases) -> None:
    keys = {case.key for case in edge_cases.cases}
    assert set(edge_cases.judged) <= keys
    assert [why for why in edge_cases.judged.values() if not re.search(r"RFC \d+", why)] == []


def test_every_cpp_test_exists(edge_cases: EdgeCases) -> None:
    """Asks the test binaries; they are built by tests/tools/test_cpp.sh, before these tests."""
    binaries = {binary.name: binary for binary in ROOT.glob("build/release/tests/cpp/*_test")}
    if not binaries:
        pytest.skip("no C++ tests are built: tests/tools/test_cpp.sh release")
    named = cpp_tests(edge_cases)
    layers = {test.partition(": ")[0] for test in named}
    assert layers <= LAYERS
    known: set[str] = set()
    for layer in layers:
        command = [str(binaries[f"{layer}_test"]), "--list-test-names-only"]
        listed = subprocess.run(
            command, check=False, capture_output=True, text=True, env={"LD_PRELOAD": ""}
        ).stdout
        known |= {f"{layer}: {name}" for name in listed.splitlines()}
    assert [test for test in named if test not in known] == []


def test_every_python_test_exists(edge_cases: EdgeCases, request: pytest.FixtureRequest) -> None:
    """Asks this session, and another one for the tests that it does not run."""
    named = python_tests(edge_cases)
    collected = {item.nodeid for item in request.session.items}
    collected |= {test.partition("[")[0] for test in collected}
    others = sorted({test.partition("::")[0] for test in named if test not in collected})
    assert [file for file in others if not (ROOT / file).exists()] == []
    if others:
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, *others], cwd=ROOT, check=False, capture_output=True, text=True
        )
        collected |= set(done.stdout.splitlines())
        collected |= {test.partition("[")[0] for test in collected}
    assert [test for test in named if test not in collected] == []


def test_the_page_is_that_of_the_map(edge_cases: EdgeCases) -> None:
    assert PAGE.read_text() == page(edge_cases), "python tests/python/edge_cases.py"


def test_a_gap_is_seen(edge_cases: EdgeCases) -> None:
    """A case without a test is on the page as one."""
    gap = Case("row", "what", "becomes", ())
    made = EdgeCases({"row": 1}, 1, {"row": "Title"}, (gap,), {"row: what": "the reason"}, {})
    assert "| what | becomes | none yet: the reason |" in page(made)


def test_one_file_reads_the_wall_clock() -> None:
    """Times and rates come from the monotonic clock, so setting the clock cannot change them."""
    sources = [p for p in (ROOT / "csrc").rglob("*") if p.suffix in {".h", ".cc"}]
    wall = re.compile(r"system_clock|CLOCK_REALTIME|gettimeofday|\btime\((nullptr|NULL|0)\)")
    found = {str(p.relative_to(ROOT)) for p in sources if wall.search(p.read_text())}
    assert found == {"csrc/base/clock.cc"}
    users = {str(p.relative_to(ROOT)) for p in sources if "wall_now_s" in p.read_text()}
    timed = {"csrc/client/exchange.cc", "csrc/client/timings.cc", "csrc/client/connection.cc"}
    assert users & timed == set()
