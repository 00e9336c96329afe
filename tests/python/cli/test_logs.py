"""Log lines in Locust's form."""

import contextlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from locust_like.cli.logs import configure


@pytest.fixture(autouse=True)
def restored_root() -> Iterator[None]:
    """Give pytest its log handlers back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_the_form_of_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", None)
    logging.getLogger("locust.main").info("hello %d", 3)
    output = capsys.readouterr()
    assert output.out == ""
    assert re.fullmatch(
        r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \S+/INFO/locust\.main: hello 3\n", output.err
    )


def test_the_level_counts(capsys: pytest.CaptureFixture[str]) -> None:
    configure("WARNING", None)
    logging.getLogger("locust.main").info("not shown")
    assert capsys.readouterr().err == ""


def test_a_file_takes_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "run.log"
    configure("DEBUG", str(path))
    logging.getLogger().debug("into the file")
    assert path.read_text().endswith("/DEBUG/root: into the file\n")
    assert capsys.readouterr().err == ""


def test_a_second_call_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", None)
    configure("INFO", None)
    logging.getLogger().info("once")
    assert capsys.readouterr().err.count("once") == 1


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Is a directory"):
        configure("INFO", str(tmp_path))


def test_a_full_disk_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "/dev/full")
    handler = logging.getLogger().handlers[0]
    logging.getLogger("locust.main").info("one")
    logging.getLogger("locust.main").info("two")
    assert capsys.readouterr().err == (
        "locust-like: error: cannot write the log to /dev/full: "
        "No space left on device; the run goes on.\n"
    )
    # What is still buffered cannot be written either.
    with contextlib.suppress(OSError):
        handler.close()
