"""The order of early exits; whole runs are in tests/integration."""

import re
from pathlib import Path

import pytest

from locust_like._version import __version__
from locust_like.cli.main import VERBS, main


def test_version_names_version_place_and_python(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"locust-like {__version__} from ")
    assert "(Python 3." in text
    assert re.search(
        r"^with gevent [\d.]+, greenlet [\d.]+, libuv 1\.[\d.]+, openssl 3\.", text, re.M
    )


def test_wrong_use_ends_before_anything_is_patched(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--no-such-option"])
    assert ended.value.code == 2
    assert "unknown option --no-such-option" in capsys.readouterr().err


def test_a_wrong_variable_ends_before_anything_is_patched(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCUST_SPAWN_RATE", "fast")
    assert main([]) == 2
    assert "LOCUST_SPAWN_RATE: 'fast' is not a number" in capsys.readouterr().err


def test_help_of_people_whose_files_are_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "locust.conf").write_text("users = many\n")
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "--headless" in capsys.readouterr().out


def test_verbs_have_a_module_each() -> None:
    folder = Path(main.__code__.co_filename).parent / "commands"
    assert [verb for verb in VERBS if not (folder / f"{verb}.py").exists()] == []


def test_an_unknown_option_is_not_imported_for_when_no_locustfile_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["--hedless", "-f", "missing.py"])
    assert ended.value.code == 2
    assert "Did you mean --headless?" in capsys.readouterr().err
