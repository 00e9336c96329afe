"""Files that are either the old ones or the new ones, whole, at any moment.

Only what grows line by line is appended to, and then whole lines at a time. Devices and pipes
(`--summary /dev/stdout`) are written into: putting a file in their place would take them away from
the whole machine.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN_ALREADY = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""How names begin that stand for what a process has open, be it a file."""


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content in one step; a reader never sees half of it.

    A symbolic link stays, and the file that it names is replaced. Devices and pipes are written
    into.

    Raises: OSError that names the path; the old file is then untouched.
    """
    with naming(str(path)):
        if _is_no_file(path):
            _write_into(path, text)
        else:
            _replace(_without_link(path), text)


def append_whole(path: Path, text: str) -> None:
    """Append to a file; when that fails, for example on a full disk, no half of it stays.

    Raises: OSError that names the path; the file is then as long as before.
    """
    with naming(str(path)):
        (_write_into if _is_no_file(path) else _append)(path, text)


def check_writable(path: Path) -> None:
    """Make the folder of a file and see that a file can be made in it.

    Raises: OSError that names the path.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    if _is_no_file(path):
        return
    path = _without_link(path)
    probe = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        probe.touch()
    finally:
        probe.unlink(missing_ok=True)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let every OSError say what it is about; those of writing do not."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or name
        raise


def _is_no_file(path: Path) -> bool:
    """Tell whether a path names a device, a pipe or a socket, or what a process has open."""
    if path.is_file():
        return str(path.absolute()).startswith(_OPEN_ALREADY)
    return path.exists() and not path.is_dir()


def _without_link(path: Path) -> Path:
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _write_into(path: Path, text: str) -> None:
    """Write to what is there.

    Opening does not wait for a reader, because a named pipe may never get one; writing does.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    with open(descriptor, "wb", buffering=0) as file:
        data = memoryview(text.encode("utf-8", "backslashreplace"))
        while data:
            data = data[file.write(data) :]


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # newline="": the caller has already chosen the line ends.
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _append(path: Path, text: str) -> None:
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
