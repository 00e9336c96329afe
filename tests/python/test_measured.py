"""Programs that measure fill their own parts of the documents, and leave what people write."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests/bench"))

import documents  # noqa: E402 - they are programs, and no package
import report  # noqa: E402

NOTES = """# Title

By hand.

<!-- measured: one -->

old

<!-- end: one -->

A note, by hand.
"""


def test_what_people_write_stays(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text(NOTES)
    documents.fill(path, {"one": "| new \\1 |\n"})
    assert path.read_text() == NOTES.replace("old", "| new \\1 |")


@pytest.mark.parametrize("text", [NOTES.replace("one", "two"), NOTES + NOTES])
def test_a_part_without_its_one_place_changes_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.md"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"notes\.md has [02] places for the part 'one'"):
        documents.fill(path, {"one": "new"})
    assert path.read_text() == text


@pytest.mark.parametrize("document", ["README.md", "docs/benchmarks.md", "docs/soak.md"])
def test_the_documents_have_a_place_for_each_part(
    tmp_path: Path, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "machine", lambda: "a machine.")
    monkeypatch.setattr(report, "generator_table", lambda _: "a table")
    found = report.Found(page_heap_mb=[1.0, 2.0])
    parts = {
        "README.md": {"generators": "a table"},
        "docs/benchmarks.md": report.parts(lines=[], found=found, commands={}, note=""),
        "docs/soak.md": {"soak": "flat", "chaos": "all back"},
    }
    path = tmp_path / "copy.md"
    path.write_text((ROOT / document).read_text(encoding="utf-8"), encoding="utf-8")
    documents.fill(path, parts[document])
