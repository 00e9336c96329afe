"""Every message that the troubleshooting page quotes is one that the program prints."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GAP = "…"
QUOTED = re.findall(r"^### `(.+)`$", (ROOT / "docs/troubleshooting.md").read_text(), re.MULTILINE)


def python_texts(path: Path) -> list[str]:
    """Return the texts of a file; what is put into them later is a gap."""
    texts = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = [v.value if isinstance(v, ast.Constant) else GAP for v in node.values]
            texts.append("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(re.sub(r"%[-+.\d]*[a-zA-Z]", GAP, node.value))
    return texts


def cpp_texts(path: Path) -> list[str]:
    """Return the texts of a file; neighbours in an expression are one text with a gap."""
    source = re.sub(r'"\s*\n?\s*"', "", path.read_text())
    return [text.replace('\\"', '"') for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"', source)]


@cache
def all_texts() -> tuple[str, ...]:
    found = [t for p in (ROOT / "locust_like").rglob("*.py") for t in python_texts(p)]
    found += [t for p in (ROOT / "csrc").rglob("*.cc") for t in cpp_texts(p)]
    return tuple(found)


def is_printed(message: str) -> bool:
    """Tell whether some text of the sources has all pieces of a message, in their order.

    A piece may also stand alone: C++ joins texts, and OpenSSL and the system add theirs.
    """
    pieces = [piece.strip() for piece in message.split(GAP) if len(piece.strip(" .:;,")) > 2]
    pattern = ".*".join(map(re.escape, pieces))
    if any(re.search(pattern, text, re.DOTALL) for text in all_texts()):
        return True
    # Made of a text of ours and the system's.
    return any(text and message.startswith(text) and len(text) > 9 for text in all_texts())


def test_the_page_quotes_messages() -> None:
    assert len(QUOTED) >= 25


@pytest.mark.parametrize("message", QUOTED)
def test_quoted_message_exists(message: str) -> None:
    assert is_printed(message)


@pytest.mark.parametrize("message", ["No such message at all.", "Could not lose …: no such file"])
def test_a_message_that_nobody_prints_is_seen(message: str) -> None:
    assert not is_printed(message)
