"""The life of a user: start, stop, what it tells, what it leaves behind."""

import gc
import weakref

import gevent
import pytest
from gevent.pool import Group

from locust_like.errors import LocustError, StopTest, StopUser
from locust_like.users.tasks import task
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .conftest import QuietEnvironment


class Diary(User):
    """Writes down what happens to it."""

    wait_time = constant(1000)

    def __init__(self, environment: QuietEnvironment) -> None:
        super().__init__(environment)
        self.pages: list[str] = []

    def on_start(self) -> None:
        self.pages.append("on_start")

    def on_stop(self) -> None:
        self.pages.append("on_stop")


class Working(Diary):
    """A diary with one short task."""

    @task
    def work(self) -> None:
        self.pages.append("work")


@pytest.fixture
def cooperative(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let users sleep on gevent's hub, so that no engine is needed."""
    monkeypatch.setattr("locust_like.users.tasksets.sleep", gevent.sleep)


def test_a_user_runs_in_the_calling_greenlet(environment: QuietEnvironment) -> None:
    class Once(Diary):
        @task
        def work(self) -> None:
            self.pages.append("work")
            raise StopUser

    user = Once(environment)
    user.run()
    assert user.pages == ["on_start", "work", "on_stop"]


@pytest.mark.usefixtures("cooperative")
def test_a_waiting_user_ends_at_once(environment: QuietEnvironment) -> None:
    user, group = Working(environment), Group()
    greenlet = user.start(group)
    gevent.sleep(0)
    assert user.greenlet in group
    assert user.stop() is True
    greenlet.join()
    assert user.pages == ["on_start", "work", "on_stop"]


def test_a_user_in_a_task_finishes_it(environment: QuietEnvironment) -> None:
    class Busy(Diary):
        @task
        def work(self) -> None:
            gevent.sleep(0)
            self.pages.append("finished")

    user = Busy(environment)
    greenlet = user.start(Group())
    gevent.sleep(0)
    assert user.stop() is False
    greenlet.join()
    assert user.pages == ["on_start", "finished", "on_stop"]


def test_force_ends_a_user_in_its_task(environment: QuietEnvironment) -> None:
    class Stuck(Diary):
        @task
        def work(self) -> None:
            gevent.sleep(1000)

    user = Stuck(environment)
    greenlet = user.start(Group())
    gevent.sleep(0)
    assert user.stop(force=True) is True
    greenlet.join()
    assert user.pages == ["on_start", "on_stop"]


def test_a_user_that_has_not_started_never_does(environment: QuietEnvironment) -> None:
    user = Working(environment)
    greenlet = user.start(Group())
    assert user.stop() is True
    greenlet.join()
    assert user.pages == []


def test_a_failing_on_start_is_told_once_and_ends_the_user(
    environment: QuietEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Diary):
        def on_start(self) -> None:
            raise OSError("no login")

    user = Broken(environment)
    user.start(Group()).join()
    assert [str(error) for _, error in environment.errors] == ["no login"]
    assert not user.started
    assert "OSError: no login" in caplog.text
    assert user.pages == []


def test_stop_test_asks_the_runner_to_quit(
    environment: QuietEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    class Runner:
        def quit(self) -> None:
            calls.append("quit")

    class Ends(Diary):
        def on_start(self) -> None:
            raise StopTest("enough")

    environment.runner = Runner()
    Ends(environment).start(Group()).join()
    assert calls == ["quit"]
    assert "enough" in caplog.text
    assert environment.errors == []


def test_the_host_of_the_environment_wins_unless_it_is_empty(
    environment: QuietEnvironment,
) -> None:
    class Visitor(User):
        host = "http://class"

    environment.host = ""
    assert Visitor(environment).host == "http://class"
    environment.host = "http://run"
    assert Visitor(environment).host == "http://run"
    assert Visitor.host == "http://class"


def test_what_a_class_says_of_itself() -> None:
    assert Working.json() == {"host": None, "weight": 1, "fixed_count": 0, "tasks": ["work"]}
    assert Diary.fullname() == f"{__name__}.Diary"

    class Local(User):
        pass

    assert Local.fullname().endswith("test_what_a_class_says_of_itself.Local")


def test_wait_needs_a_running_user(environment: QuietEnvironment) -> None:
    with pytest.raises(LocustError, match="running user"):
        Diary(environment).wait()


def test_a_user_that_leaves_in_on_start_did_not_die_there(environment: QuietEnvironment) -> None:
    class Leaves(User):
        def on_start(self) -> None:
            raise StopUser

        def on_stop(self) -> None:
            raise KeyError("logout")

    user = Leaves(environment)
    with pytest.raises(KeyError):
        user.run()
    assert user.started  # so that nobody takes its place


def test_a_released_user_is_freed_without_the_collector(environment: QuietEnvironment) -> None:
    class Once(User):
        @task
        def work(self) -> None:
            raise StopUser

    gc.disable()
    try:
        user = Once(environment)
        user.start(Group()).join()
        gone = weakref.ref(user)
        user.release()
        del user
        assert gone() is None
    finally:
        gc.enable()
