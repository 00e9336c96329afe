"""The order of early exits; whole runs are in tests/integration."""

import pytest

from locust_like._version import __version__
from locust_like.cli.main import main


def test_version_names_version_place_and_python(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"locust-like {__version__} from ")
    assert "(Python 3." in text


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
