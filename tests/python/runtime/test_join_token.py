"""Where token and keys are kept, and what becomes of files that do not fit."""

import logging
import os
import stat
from pathlib import Path

import pytest

from locust_like.runtime.join_token import keys_of_master, token_of_worker, token_path


def test_the_place_follows_the_standard() -> None:
    assert token_path("x/token", {"XDG_STATE_HOME": "/s"}) == Path("x/token")
    assert token_path(None, {"XDG_STATE_HOME": "/s"}) == Path("/s/locust_like/join-token")
    home = Path.home() / ".local/state/locust_like/join-token"
    assert token_path(None, {"XDG_STATE_HOME": "relative"}) == home
    assert token_path(None, {}) == home


def test_the_first_master_makes_both_files_and_the_next_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "new/join-token"
    keys = keys_of_master(path)
    assert path.read_text() == keys.join_token + "\n"
    assert [stat.S_IMODE(file.stat().st_mode) for file in sorted(path.parent.iterdir())] == [
        0o600,
        0o600,
    ]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert keys_of_master(path).encode() == keys.encode()
    assert token_of_worker(path, {}, is_named=False) == keys.join_token


def test_a_token_that_is_lost_is_made_again(tmp_path: Path) -> None:
    keys = keys_of_master(tmp_path / "token")
    (tmp_path / "token").unlink()
    assert keys_of_master(tmp_path / "token").join_token == keys.join_token
    assert (tmp_path / "token").read_text().strip() == keys.join_token


def test_keys_that_are_lost_are_not_replaced_behind_the_back_of_workers(tmp_path: Path) -> None:
    keys_of_master(tmp_path / "token")
    (tmp_path / "token.key").unlink()
    with pytest.raises(ValueError, match=r"token.key with the master's keys is missing"):
        keys_of_master(tmp_path / "token")


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        keys_of_master(tmp_path / name)
    (tmp_path / "b").replace(tmp_path / "a")
    with pytest.raises(ValueError, match="does not belong to the keys in"):
        keys_of_master(tmp_path / "a")


@pytest.mark.parametrize("text", ["", "secret", "llj1-", "llj1-" + "A" * 85, "\xff" * 5000])
def test_what_is_no_token_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    (tmp_path / "token").chmod(0o600)
    with pytest.raises(ValueError, match="token: "):
        token_of_worker(tmp_path / "token", {}, is_named=True)
    (tmp_path / "other.key").write_text(text)
    with pytest.raises(ValueError, match=r"other.key: "):
        keys_of_master(tmp_path / "other")


def test_the_variable_wins_over_a_file_that_nobody_has_named(tmp_path: Path) -> None:
    one = keys_of_master(tmp_path / "one").join_token
    other = keys_of_master(tmp_path / "other").join_token
    environ = {"LOCUST_LIKE_JOIN_TOKEN": f" {other}\n"}
    assert token_of_worker(tmp_path / "one", environ, is_named=False) == other
    assert token_of_worker(tmp_path / "one", environ, is_named=True) == one
    with pytest.raises(ValueError, match="LOCUST_LIKE_JOIN_TOKEN: "):
        token_of_worker(tmp_path / "one", {"LOCUST_LIKE_JOIN_TOKEN": "x"}, is_named=False)


def test_there_may_be_none_yet(tmp_path: Path) -> None:
    assert token_of_worker(tmp_path / "none", {}, is_named=True) is None


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (0o600, ""),
        (0o400, ""),
        (0o440, ""),
        (0o640, ""),
        (0o660, "can be changed by others"),
        (0o602, "can be changed by others"),
        (0o644, "can be read by others"),
        (0o444, "can be read by others"),
    ],
)
def test_a_file_that_others_can_read_or_change_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, told: str
) -> None:
    keys_of_master(tmp_path / "token")
    os.chmod(tmp_path / "token", mode)
    with caplog.at_level(logging.WARNING):
        assert token_of_worker(tmp_path / "token", {}, is_named=True)
    assert (told in caplog.text) if told else not caplog.text
