"""What -f names, before anything is imported."""

from pathlib import Path

import pytest

from locust_like.errors import LocustfileError
from locust_like.plan.finding import STDIN, find_locustfiles, may_add_options


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("one.py", "two.test.py", "d/a.py", "d/_hidden.py", "d/sub/b.py", "d/.x/c.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_files(folder: Path) -> None:
    both = (folder / "one.py", folder / "two.test.py")
    assert find_locustfiles("one.py, two.test.py") == both
    assert find_locustfiles("one,one.py") == both[:1]


def test_directories_are_searched(folder: Path) -> None:
    assert find_locustfiles("d") == (folder / "d/a.py", folder / "d/sub/b.py")


def test_this_folder_is_a_directory(folder: Path) -> None:
    assert find_locustfiles(".") == find_locustfiles(str(folder))


def test_a_file_is_preferred_to_a_directory_of_its_name(folder: Path) -> None:
    (folder / "d.py").write_text("")
    assert find_locustfiles("d") == (folder / "d.py",)


def test_stdin() -> None:
    assert find_locustfiles("-") == (STDIN,)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.py", "Could not find missing.py: no such file; name your locustfile with -f FI"),
        ("empty", "Could not find any locustfiles in directory empty"),
        ("notes.txt", "notes.txt is no Python file; its name must end in .py"),
        (
            "http://127.0.0.1:1/x.py",
            "Could not load http://127.0.0.1:1/x.py: [Errno 111] Connection refused",
        ),
        (",", "-f names no file"),
    ],
)
def test_refusals(name: str, words: str) -> None:
    with pytest.raises(LocustfileError) as caught:
        find_locustfiles(name)
    assert words in str(caught.value)


def test_only_files_that_speak_of_the_hook_may_add_options(folder: Path) -> None:
    assert not may_add_options(find_locustfiles("one.py"))
    assert not may_add_options((STDIN,))
    (folder / "beside.py").write_text("events.init_command_line_parser")
    assert may_add_options(find_locustfiles("one.py"))
