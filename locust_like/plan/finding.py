"""Which files `-f` names; nothing of them is imported yet.

Apart from `plan/locustfile.py`, because `--help` asks here whether a locustfile has to be imported
at all.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like.errors import LocustfileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STDIN = Path("-")
"""What stands for the locustfile that is read from stdin."""

_MISSING = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
_ADDS_OPTIONS = "init_command_line_parser"


def find_locustfiles(text: str) -> tuple[Path, ...]:
    """Return the files that `-f` names: files, directories, URLs, several separated by commas.

    The ending .py may be left out, as in Locust. A file named twice is taken once. Directories are
    searched, with the directories below them, for files that do not start with `_` or a dot.

    Raises: LocustfileError for a file that is missing, cannot be loaded, or is no Python file.
    """
    paths: dict[Path, None] = {}
    for part in (piece.strip() for piece in text.split(",")):
        if part == str(STDIN):
            paths[STDIN] = None
        elif part:
            paths.update(dict.fromkeys(_files_of(part)))
    if not paths:
        raise LocustfileError("-f names no file; give the path of a Python file.")
    return tuple(paths)


def _files_of(part: str) -> tuple[Path, ...]:
    if part.startswith(("http://", "https://")):
        # Late, because only few name one, and TLS takes time to import.
        from locust_like.plan.download import downloaded

        return (downloaded(part),)
    path = Path(part).expanduser()
    try:
        path.stat()
    except OSError as error:
        # Names that are too long; what is missing is told below.
        if error.errno not in _MISSING:
            raise LocustfileError(f"cannot read {path}: {error.strerror}.") from error
    if path.name and not path.is_file() and path.with_name(path.name + ".py").is_file():
        path = path.with_name(path.name + ".py")
    if path.is_dir():
        return _files_below(path)
    if not path.exists():
        raise LocustfileError(
            f"Could not find {path}: no such file; name your locustfile with -f FILE, or let "
            f"`locust-like init` write one."
        )
    if path.suffix != ".py":
        raise LocustfileError(f"{path} is no Python file; its name must end in .py.")
    if not path.is_file():
        raise LocustfileError(
            f"{path} is a pipe or a device; `-f - < {path}` reads a locustfile from it."
        )
    return (path.resolve(),)


def _files_below(folder: Path) -> tuple[Path, ...]:
    found = sorted(_walk(folder.resolve()))
    if not found:
        raise LocustfileError(
            f"Could not find any locustfiles in directory {folder}: no name ends in .py "
            f"and does not start with _."
        )
    return tuple(found)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in names:
            if name.endswith(".py") and not name.startswith((".", "_")):
                yield Path(root) / name


def may_add_options(paths: Iterable[Path]) -> bool:
    """Tell whether a locustfile, or a module beside it, speaks of the hook that adds options.

    A wrong guess costs only this: `--help` does not show options that a module elsewhere adds.
    """
    files = [path for path in paths if path != STDIN]
    beside = {file for path in files for file in path.parent.glob("*.py")}
    return any(_mentions(file) for file in {*files, *beside})


def _mentions(file: Path) -> bool:
    try:
        return _ADDS_OPTIONS in file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
