"""Finding, importing and checking locustfiles: each mistake gets one sentence."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from locust_like.errors import LocustfileError
from locust_like.plan.finding import STDIN
from locust_like.plan.locustfile import load_locustfiles, pick_classes

TWO_USERS = """
from locust_like.users.user import User

class Base(User):
    abstract = True

class Buyer(Base):
    pass

class Seller(Base):
    pass

NOT_A_CLASS = Buyer
"""


@pytest.fixture(autouse=True)
def unchanged_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what a test imports."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", sys.path[:])
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(folder: Path, text: str, name: str = "one.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def failure(path: Path) -> str:
    with pytest.raises(LocustfileError) as caught:
        load_locustfiles([path])
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_classes_in_order_without_abstract_ones(tmp_path: Path) -> None:
    files = load_locustfiles([write(tmp_path, TWO_USERS)])
    assert [cls.__name__ for cls in pick_classes(files, ())] == ["Buyer", "Seller"]


def test_classes_by_name(tmp_path: Path) -> None:
    files = load_locustfiles([write(tmp_path, TWO_USERS)])
    assert [cls.__name__ for cls in pick_classes(files, ["Seller", "Seller"])] == ["Seller"]


def test_unknown_class_suggests_the_nearest(tmp_path: Path) -> None:
    files = load_locustfiles([write(tmp_path, TWO_USERS)])
    with pytest.raises(LocustfileError, match=r"Unknown User\(s\): Buyr; did you mean Buyer\?"):
        pick_classes(files, ["Buyr"])
    with pytest.raises(LocustfileError, match=r"Unknown User\(s\): Zzz; there are Buyer, Seller"):
        pick_classes(files, ["Zzz"])


def test_one_class_in_two_files(tmp_path: Path) -> None:
    shared = write(tmp_path, TWO_USERS, "shared_users.py")
    other = write(tmp_path, "from shared_users import Buyer", "other.py")
    files = load_locustfiles([shared, other])
    assert len(pick_classes(files, ())) == 2


def test_two_classes_of_one_name(tmp_path: Path) -> None:
    text = "from locust_like.users.user import User\nclass Same(User): pass\n"
    first, second = write(tmp_path, text, "a.py"), write(tmp_path, text, "b.py")
    with pytest.raises(
        LocustfileError, match=r"Duplicate user class names: Same is defined in .* and "
    ):
        load_locustfiles([first, second])


def test_two_classes_of_one_name_in_one_file(tmp_path: Path) -> None:
    text = "from locust_like.users.user import User\n" + "class Same(User): pass\n"
    text += "first = Same\nclass Same(User): pass\n"
    path = write(tmp_path, text)
    text = failure(path)
    assert text == f"Duplicate user class names: Same is defined twice in {path}; rename one."


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("weight = '3'", "weight of Odd must be a number of 0 or more, but is '3'"),
        ("weight = -1", "weight of Odd must be a number of 0 or more, but is -1"),
        ("fixed_count = 1.5", "fixed_count of Odd must be a whole number of 0 or more"),
    ],
)
def test_shares_are_checked(tmp_path: Path, line: str, words: str) -> None:
    text = f"from locust_like.users.user import User\nclass Odd(User): {line}\n"
    assert words in failure(write(tmp_path, text))


def test_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path, "import os\nclass User(:\n    pass\n")
    assert failure(path).startswith(f"{path}:2: syntax error: ")


def test_missing_module_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "\nimport no_such_module_anywhere\n")
    assert failure(path).startswith(f"{path}:2: cannot import no_such_module_anywhere")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("undefined_name", "NameError: name 'undefined_name' is not defined"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("assert False", "AssertionError: no message"),
    ],
)
def test_a_file_that_raises_names_its_line(tmp_path: Path, line: str, words: str) -> None:
    path = write(tmp_path, f"import os\n\n{line}\n")
    assert failure(path) == f"{path}:3: {words}."


def test_the_deepest_line_of_the_users_own_files_is_named(tmp_path: Path) -> None:
    inner = write(tmp_path, "import json\njson.loads('{')\n", "inner_part.py")
    assert failure(write(tmp_path, "import inner_part\n")).startswith(f"{inner}:2: JSONDecodeError")


def test_no_user_class(tmp_path: Path) -> None:
    path = write(tmp_path, "from locust_like.users.user import User\n")
    assert failure(path).startswith(f"No User class found in {path}")


def test_a_file_may_be_called_like_a_module(tmp_path: Path) -> None:
    files = load_locustfiles([write(tmp_path, TWO_USERS, "json.py")])
    assert len(pick_classes(files, ())) == 2
    assert "json.py" not in (sys.modules["json"].__file__ or "json.py")


def test_one_stem_in_several_folders(tmp_path: Path) -> None:
    paths = []
    for folder in "abc":
        (tmp_path / folder).mkdir()
        text = TWO_USERS.replace("Buyer", f"Buyer{folder}").replace("Seller", f"Seller{folder}")
        paths.append(write(tmp_path / folder, text, "same_stem.py"))
    classes = pick_classes(load_locustfiles(paths), ())
    assert len({cls.__module__ for cls in classes}) == 3


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TWO_USERS))
    assert len(pick_classes(load_locustfiles([STDIN]), ())) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n", "-f - reads the locustfile from stdin, which is empty."),
        ("x = 1\n1 / 0\n", "<stdin>:2: ZeroDivisionError: division by zero."),
        ("class User(:", "<stdin>:1: syntax error: "),
    ],
)
def test_wrong_stdin(monkeypatch: pytest.MonkeyPatch, text: str, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert words in failure(STDIN)


def test_a_missing_name_is_told_without_paths(tmp_path: Path) -> None:
    path = write(tmp_path, "from json import lods\n")
    assert failure(path) == f"{path}:1: cannot import name 'lods' from 'json'."
