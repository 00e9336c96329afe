"""Configuration files in the formats that ConfigArgParse reads for Locust."""

from pathlib import Path

import pytest

from locust_like.errors import SourceError
from locust_like.plan.config_files import Entry, read_config_file, read_config_files

LINES = """
# a comment
; another one
[a heading means nothing]
---
host http://localhost:8000   # with a space
users = 100
spawn-rate: 5  ; with a colon
headless
tags = [a, "b c", d]
--run-time=1m
csv = 'out # put'
config-users = [{"user_class_name": "A", "weight": 3}]
"""


def entries_of(folder: Path, text: str, name: str = "locust.conf") -> dict[str, Entry]:
    path = folder / name
    path.write_text(text)
    return {entry.key: entry for entry in read_config_file(str(path), name)}


def test_lines(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, LINES)
    assert {key: entry.texts for key, entry in entries.items()} == {
        "host": ("http://localhost:8000",),
        "users": ("100",),
        "spawn-rate": ("5",),
        "headless": ("true",),
        "tags": ("a", "b c", "d"),
        "--run-time": ("1m",),
        "csv": ("out # put",),
        "config-users": ('[{"user_class_name": "A", "weight": 3}]',),
    }
    assert [entry.key for entry in entries.values() if entry.is_list] == ["tags"]
    assert entries["users"].origin == "locust.conf line 7"


def test_tables(tmp_path: Path) -> None:
    text = """
[project]
name = "shop"
[tool.locust]
users = 100
headless = true
run-time = "1m"
spawn-rate = 2.5
tags = ["a", "b"]
config-users = [{user_class_name = "A"}]
[tool.locust_like]
users = 200
"""
    path = tmp_path / "pyproject.toml"
    path.write_text(text)
    entries = read_config_file(str(path), "pyproject.toml")
    assert [(entry.key, entry.texts) for entry in entries] == [
        ("users", ("100",)),
        ("headless", ("true",)),
        ("run-time", ("1m",)),
        ("spawn-rate", ("2.5",)),
        ("tags", ("a", "b")),
        ("config-users", ('{"user_class_name": "A"}',)),
        ("users", ("200",)),
    ]
    assert entries[-1].origin == "pyproject.toml [tool.locust_like]"


def test_tables_in_a_file_of_another_name(tmp_path: Path) -> None:
    assert entries_of(tmp_path, "[tool.locust]\nusers = 3\n", "load.conf")["users"].texts == ("3",)


def test_a_broken_file_of_other_tools_is_none_of_our_business(tmp_path: Path) -> None:
    assert entries_of(tmp_path, "[tool.other\n= =", "pyproject.toml") == {}


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("users = 1\n: 5\n", "locust.conf", "locust.conf:2: ': 5' has no option in front"),
        ("[tool.locust]\nusers = =", "p.toml", r"p.toml: Invalid value \(at line 2, column 9\)"),
        ("[tool]\nlocust = 3", "p.toml", r"p.toml \[tool.locust\] is no table"),
        ("a\0b", "locust.conf", "it is not a text file"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: str, name: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        entries_of(tmp_path, text, name)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.conf").write_bytes(b"host = \xff\xfe")
    with pytest.raises(SourceError, match="it is not UTF-8 text"):
        read_config_file(str(tmp_path / "x.conf"), "x.conf")


def test_the_order_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.conf").write_text("users 4")
    (tmp_path / "pyproject.toml").write_text("[tool.locust]\nusers = 3\n")
    (tmp_path / "locust.conf").write_text("users 2")
    (tmp_path / ".locust.conf").write_text("users 1")
    texts = [entry.texts[0] for entry in read_config_files("mine.conf")]
    assert texts == ["1", "2", "3", "4"]


def test_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_config_files(None) == ()
    with pytest.raises(SourceError, match=r"could not find the configuration file x\.conf"):
        read_config_files("x.conf")
