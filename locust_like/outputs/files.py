"""Files that are either the old ones or the new ones, whole, at any moment.

Only what grows line by line is appended to, and then whole lines at a time.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content in one step; a reader never sees half of it.

    Raises: OSError; the old file is then untouched.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # newline="": the caller has already chosen the line ends.
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def append_whole(path: Path, text: str) -> None:
    """Append to a file; when that fails, for example on a full disk, no half of it stays.

    Raises: OSError; the file is then as long as before.
    """
    data = text.encode("utf-8", "backslashreplace")
    with path.open("ab", buffering=0) as file:
        before = file.tell()
        try:
            written = 0
            while written < len(data):
                written += file.write(data[written:])
        except OSError:
            file.truncate(before)
            raise


def check_writable(path: Path) -> None:
    """Make the folder of a file and see that a file can be made in it.

    Raises: OSError that names the path.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    probe = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        probe.touch()
    finally:
        probe.unlink(missing_ok=True)
