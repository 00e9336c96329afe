"""What the documentation names exists: files, links, verbs, decisions."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "csrc/README.md"])
TOP = ("csrc/", "locust_like/", "tests/", "docs/", "examples/", "packages/")
# Written by `make bench` and `make soak`, which run by hand.
MADE_LATER = {"docs/benchmarks.md", "docs/soak.md"}


def named_paths(text: str) -> set[str]:
    """Return the paths between backticks that start at a folder of the checkout."""
    words = re.findall(r"`([\w./-]+)`", text)
    return {word for word in words if word.startswith(TOP) and "..." not in word} - MADE_LATER


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_named_path_exists(document: Path) -> None:
    assert [p for p in sorted(named_paths(document.read_text())) if not (ROOT / p).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text())
    places = [(document.parent / link).resolve() for link in links]
    missing = {str(place.relative_to(ROOT)) for place in places if not place.exists()}
    assert missing <= MADE_LATER


def test_every_verb_that_is_named_exists() -> None:
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {v for d in DOCUMENTS for v in re.findall(r"\bmake ([a-z]+)`", d.read_text())}
    assert named <= verbs


def test_every_folder_is_explained() -> None:
    text = (ROOT / "docs/navigating.md").read_text()
    folders = [
        str(p.relative_to(ROOT))
        for top in ("csrc", "locust_like")
        for p in sorted((ROOT / top).iterdir())
        if p.is_dir() and p.name not in {"__pycache__", "cmake", "static"}
    ]
    assert [f for f in folders if f"`{f}`" not in text] == []


def test_decisions_are_numbered_without_gaps_and_have_the_same_parts() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [p.name[:4] for p in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    for path in decisions:
        headings = re.findall(r"^## (.*)$", path.read_text(), re.MULTILINE)
        assert headings == ["Context", "Choice", "Rejected", "Consequences"], path.name


def test_a_wrong_path_is_seen() -> None:
    assert named_paths("see `csrc/nowhere.h` and `make test`") == {"csrc/nowhere.h"}
