"""Letting go of streams that nobody reads."""

import os
import sys

import pytest

from locust_like.cli.streams import let_go_of_broken, replace_closed, tell


def test_a_pipe_without_a_reader_is_let_go() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:
        stream.write("for nobody")
        let_go_of_broken(stream)
        assert os.fstat(stream.fileno()).st_rdev == os.stat(os.devnull).st_rdev


def test_a_good_stream_stays() -> None:
    reading, writing = os.pipe()
    with open(writing, "w", encoding="utf-8") as stream:
        stream.write("for somebody")
        let_go_of_broken(stream)
        assert os.read(reading, 100) == b"for somebody"
    os.close(reading)


def test_a_stream_closed_by_the_parent_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sys.stderr
    monkeypatch.setattr(sys, "stdout", None)
    replace_closed()
    with sys.stdout as stream:
        assert stream.write("lost") == 4
    assert sys.stderr is kept


def test_a_closed_stdin_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    replace_closed()
    with sys.stdin as stream:
        assert stream.read() == ""


def test_a_stream_closed_by_the_locustfile_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
    replace_closed()
    with sys.stdout as replaced:
        assert replaced.write("lost") == 4


def test_telling(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell("text") == 0
    assert capsys.readouterr().out == "text"


def test_telling_a_reader_that_has_seen_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = open(writing, "w", encoding="utf-8")  # noqa: SIM115 - closing it fails
    monkeypatch.setattr(sys, "stdout", stream)
    assert tell("text") == 0
    let_go_of_broken(stream)
    stream.close()


def test_telling_a_full_disk(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115 - closing it fails
    monkeypatch.setattr(sys, "stdout", stream)
    assert tell("text") == 1
    let_go_of_broken(stream)
    stream.close()
    message = "locust-like: error: cannot write to stdout: No space left on device.\n"
    assert capsys.readouterr().err == message
