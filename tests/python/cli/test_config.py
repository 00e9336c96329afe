"""`locust-like config show`."""

from pathlib import Path

import pytest

from locust_like.cli.commands.config import run
from locust_like.plan.options import OPTIONS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, tuple[str, str]]:
    assert run(["show", *arguments]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    parts = [[part.strip() for part in line if part.strip()] for line in lines]
    return {name: (value, origin) for name, value, origin in parts}


def test_every_option_with_its_origin(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "locust.conf").write_text("spawn-rate = 2.5\ntags = [a, b]\n")
    monkeypatch.setenv("LOCUST_LIKE_RUN_TIME", "1h30m")
    shown = rows(capsys, "-u", "5", "Buyer")
    assert shown["num_users"] == ("5", "command line")
    assert shown["user_classes"] == ("Buyer", "command line")
    assert shown["spawn_rate"] == ("2.5", "locust.conf line 1")
    assert shown["tags"] == ("a, b", "locust.conf line 2")
    assert shown["run_time"] == ("5400", "environment LOCUST_LIKE_RUN_TIME")
    assert shown["headless"] == ("false", "default")
    assert shown["host"] == ("-", "default")
    assert {option.name for option in OPTIONS} < set(shown)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "--config", "missing"], "could not find the configuration file missing"),
        ([], "Usage: locust-like config show"),
        (["edit"], "Usage: locust-like config show"),
    ],
)
def test_wrong_use(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    output = capsys.readouterr()
    assert words in output.err
    assert output.out == ""


def test_unknown_options_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["show", "--hots", "x"])
    assert ended.value.code == 2
    assert "Did you mean --host?" in capsys.readouterr().err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: locust-like config show")
