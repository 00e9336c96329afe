"""What is refused before anything is sent."""

import logging
import resource

import pytest

from locust_like.runtime.checks import check_open_files, check_users
from locust_like.runtime.environment import Environment
from locust_like.users.http_user import HttpUser
from locust_like.users.tasks import tag, task
from locust_like.users.user import User


class Good(HttpUser):
    host = "http://127.0.0.1"

    @tag("a")
    @task
    def front(self) -> None: ...


class Homeless(HttpUser):
    @task
    def front(self) -> None: ...


class Idle(User):
    pass


class FindsItsHost(Homeless):
    def __init__(self, environment: Environment) -> None:
        self.host = "http://127.0.0.1"
        super().__init__(environment)


class Breaks(Good):
    default_headers = {"X": "a\r\nb"}  # noqa: RUF012 - as scripts write it


class WorksAtStart(User):
    def on_start(self) -> None: ...


def test_good_users() -> None:
    check_users(Environment(user_classes=[Good, FindsItsHost, WorksAtStart]))
    check_users(Environment(user_classes=[Homeless], host="http://127.0.0.1"))


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (Environment(user_classes=[Good, Idle]), "No tasks defined on Idle: mark a method"),
        (Environment(user_classes=[Breaks]), "default_headers of Breaks: the header 'X' has a"),
        (Environment(user_classes=[Homeless]), "You must specify the base host"),
        (Environment(user_classes=[Good], tags=["b"]), "no task is left by --tags"),
    ],
)
def test_users_that_could_do_nothing(environment: Environment, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_users(environment)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """Stand for the kernel, because a lowered limit cannot be raised again."""
    now = {"files": (1024, 4096)}
    monkeypatch.setattr(resource, "getrlimit", lambda _: now["files"])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: now.update(files=pair))
    return now


def test_the_limit_of_open_files_is_raised(
    limits: dict[str, tuple[int, int]], caplog: pytest.LogCaptureFixture
) -> None:
    check_open_files(1000)
    assert limits["files"] == (4096, 4096)
    assert caplog.text == ""


def test_too_few_files_for_the_users_are_told(
    limits: dict[str, tuple[int, int]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        check_open_files(5000)
    assert "5000 users need a connection each" in caplog.text
    assert "may open only 4096 files; raise the limit with `ulimit -n 5064`" in caplog.text
    assert limits["files"] == (4096, 4096)


def test_too_few_files_for_any_run(limits: dict[str, tuple[int, int]]) -> None:
    limits["files"] = (20, 30)
    with pytest.raises(ValueError, match="may open only 30 files, too few for any run"):
        check_open_files(1)


def test_no_limit(limits: dict[str, tuple[int, int]]) -> None:
    limits["files"] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    check_open_files(10**6)
