"""What the operating system complains about, as a sentence for people."""

from __future__ import annotations

import errno
import os
import re

_PART = re.compile(r"\.(?P<name>.+)\.\d+\.part")


def describe(error: OSError) -> str:
    """Return which file and why, for example `out/x.csv: No space left on device`."""
    reason = error.strerror or str(error)
    if not isinstance(error.filename, str):
        return reason
    folder, name = os.path.split(error.filename)
    # Results are written beside their final name first.
    part = _PART.fullmatch(name)
    path = os.path.join(folder, part["name"]) if part else error.filename
    if error.errno in {errno.EEXIST, errno.ENOTDIR} and not os.path.isdir(path):
        return f"{path} is a file, not a folder"
    if part and error.errno in {errno.ENOENT, errno.EACCES, errno.EROFS}:
        return f"{path}: no file can be made in {folder or 'this folder'} ({reason})"
    return f"{path}: {reason}"
