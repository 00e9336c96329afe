"""Puts measured parts into documents whose other text is written by hand.

A part stands between `<!-- measured: NAME -->` and `<!-- end: NAME -->`, each on a line of its own,
and belongs to the program that measures; every other line of the document belongs to people.
"""

import re
from collections.abc import Mapping
from pathlib import Path


def fill(path: Path, parts: Mapping[str, str]) -> None:
    """Replace measured parts of a document, and keep everything else.

    Args:
        path: the document.
        parts: the new text of each part by its name.

    Raises:
        ValueError: the document has no place for a part, or several; it is then left as it is.
    """
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        start, end = f"<!-- measured: {name} -->\n", f"<!-- end: {name} -->\n"
        pattern = re.compile(f"^{re.escape(start)}.*?^{re.escape(end)}", re.DOTALL | re.MULTILINE)
        places = pattern.findall(text)
        if len(places) != 1:
            raise ValueError(
                f"{path.name} has {len(places)} places for the part {name!r} and needs one: "
                f"the lines {start.strip()} and {end.strip()}"
            )
        text = text.replace(places[0], f"{start}\n{part.strip()}\n\n{end}")
    path.write_text(text, encoding="utf-8")
