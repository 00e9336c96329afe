"""Locust's fixtures in a plain pytest run, and users made of test functions."""

from pathlib import Path

import pytest

from locust_like.errors import LocustfileError
from locust_like.plan.locustfile import load_locustfiles
from locust_like.runtime.environment import Environment

pytest_plugins = ["pytester"]

TESTS = """
import pytest

ended = []

@pytest.fixture
def basket():
    yield ["apple"]
    ended.append("basket")

def test_page(session, basket):
    assert session.get("/json").status_code == 200
    assert basket == ["apple"]

def test_fast(fastsession):
    assert len(fastsession.get("/bytes/3").content) == 3
"""


def test_the_fixtures_work_in_plain_pytest(pytester: pytest.Pytester, target_url: str) -> None:
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("--host", target_url)
    result.assert_outcomes(passed=2)


def test_test_functions_become_users(tmp_path: Path, target_url: str) -> None:
    path = tmp_path / "shop_tests.py"
    path.write_text(TESTS)
    (file,) = load_locustfiles([path])
    assert [cls.__name__ for cls in file.user_classes] == ["test_page", "test_fast"]
    environment = Environment(user_classes=file.user_classes, host=target_url)
    user = file.user_classes[0](environment)
    user.on_start()
    user.call_function()  # type: ignore[attr-defined]  # a PytestUser
    user.on_stop()
    assert environment.stats.get("/json", "GET").num_requests == 1
    assert type(user).function.__globals__["ended"] == ["basket"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def test_a(nothing): ...", "test_a: there is no fixture nothing"),
        ("def test_a(tmp_path): ...", "test_a: the fixture tmp_path needs request, tmp_path_fa"),
        (
            "import pytest\n@pytest.mark.parametrize('n', [1])\ndef test_a(n): ...",
            r"test_a\[1\]: parametrized tests cannot be users",
        ),
        ("def no_test(): ...", "No User class found in "),
    ],
)
def test_functions_that_cannot_be_users(tmp_path: Path, text: str, words: str) -> None:
    # Modules stay imported, so each needs a name of its own.
    path = tmp_path / f"wrong_tests_{abs(hash(text))}.py"
    path.write_text(text)
    with pytest.raises(LocustfileError, match=words):
        load_locustfiles([path])
