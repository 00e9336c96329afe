"""Files that are replaced whole."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from locust_like.outputs.files import append_whole, check_writable, write_whole


def test_replaces_the_content(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    write_whole(path, "new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_appends(tmp_path: Path) -> None:
    path = tmp_path / "x"
    append_whole(path, "one\r\n")
    append_whole(path, "zwei ü\r\n")
    assert path.read_bytes() == "one\r\nzwei ü\r\n".encode()


def test_a_text_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_whole(path, "a\udcffb")
    append_whole(path, "\udcff")
    assert path.read_text() == "a\\udcffb\\udcff"


def test_no_half_row_stays_on_a_full_disk(tmp_path: Path) -> None:
    """A limit on file sizes stands for the full disk: the write is cut, the next one refused."""
    path = tmp_path / "x"
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from locust_like.outputs.files import append_whole, write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
        "append_whole(Path(sys.argv[1]), 'a' * 15)\n"
        "for write in (append_whole, write_whole):\n"
        "    try:\n        write(Path(sys.argv[1]), 'b' * 25)\n"
        "    except OSError as error:\n        print(error.errno, error.filename)\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{errno.EFBIG} {path}"] * 2
    assert path.read_text() == "a" * 15
    assert list(tmp_path.iterdir()) == [path]


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b" / "x")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "far" / "x", tmp_path / "x"
    target.parent.mkdir()
    target.write_text("old")
    link.symlink_to(target)
    check_writable(link)
    write_whole(link, "new")
    assert (link.is_symlink(), target.read_text()) == (True, "new")
    assert list(target.parent.iterdir()) == [target]


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "x"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    check_writable(pipe)
    write_whole(pipe, "all of ")
    append_whole(pipe, "it")
    assert os.read(reading, 100) == b"all of it"
    os.close(reading)
    assert pipe.is_fifo()


def test_a_pipe_that_nobody_reads_is_an_error_and_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    with pytest.raises(OSError, match="No such device"):
        write_whole(tmp_path / "x", "text")


def test_a_device_is_written_into(tmp_path: Path) -> None:
    # By another name: a mistake must not cost this machine its device.
    path = tmp_path / "x"
    path.symlink_to("/dev/full")
    check_writable(path)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "text")
    assert stat.S_ISCHR(path.stat().st_mode)


def test_what_this_process_has_open_is_written_into() -> None:
    reading, writing = os.pipe()
    write_whole(Path(f"/dev/fd/{writing}"), "text")
    assert os.read(reading, 100) == b"text"
    for descriptor in (reading, writing):
        os.close(descriptor)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        check_writable(tmp_path / "x")
