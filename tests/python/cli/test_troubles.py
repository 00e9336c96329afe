"""Complaints of the operating system, for people."""

import errno
import os
from pathlib import Path

import pytest

from locust_like.cli.troubles import describe


def error(number: int, filename: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), filename)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (error(errno.ENOSPC), "No space left on device"),
        (error(errno.ENOSPC, "out/x.csv"), "out/x.csv: No space left on device"),
        (
            error(errno.EACCES, "/srv/.x.csv.12.part"),
            "/srv/x.csv: no file can be made in /srv (Permission denied)",
        ),
        (error(errno.ENOSPC, "/srv/.x.csv.12.part"), "/srv/x.csv: No space left on device"),
        (
            error(errno.EROFS, ".x.csv.12.part"),
            "x.csv: no file can be made in this folder (Read-only file system)",
        ),
        (OSError("odd"), "odd"),
    ],
)
def test_sentences(found: OSError, text: str) -> None:
    assert describe(found) == text


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="exists") as caught:
        (tmp_path / "file").mkdir()
    assert describe(caught.value) == f"{tmp_path}/file is a file, not a folder"
