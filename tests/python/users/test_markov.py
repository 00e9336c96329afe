"""Markov task sets: where they go, and what is refused when the class is made."""

import logging

import pytest

from locust_like.errors import StopUser
from locust_like.users.markov import (
    InvalidTransitionError,
    MarkovTaskSet,
    MarkovTaskTagError,
    NoMarkovTasksError,
    NonMarkovTaskTransitionError,
    transition,
    transitions,
)
from locust_like.users.pytest_user import PytestUser
from locust_like.users.tasks import filter_tasks_by_tags, tag, task
from locust_like.users.user import User

from .conftest import QuietEnvironment


def test_a_chain_goes_where_its_transitions_lead(environment: QuietEnvironment) -> None:
    steps: list[str] = []

    class Circle(MarkovTaskSet):
        @transition("second")
        def first(self) -> None:
            steps.append("first")

        @transitions(["third"])
        def second(self) -> None:
            steps.append("second")

        @transitions({"first": 2})
        def third(self) -> None:
            steps.append("third")
            if len(steps) == 6:
                raise StopUser

    class Walker(User):
        tasks = (Circle,)

    Walker(environment).run()
    assert steps == ["first", "second", "third"] * 2


def test_every_user_walks_by_itself(environment: QuietEnvironment) -> None:
    class Pair(MarkovTaskSet):
        @transition("b")
        def a(self) -> None: ...

        @transition("a")
        def b(self) -> None: ...

    first, second = (Pair(User(environment)) for _ in range(2))
    assert [first.get_next_task().__name__ for _ in range(3)] == ["a", "b", "a"]
    assert second.get_next_task().__name__ == "a"


def test_weights_add_up_over_all_forms() -> None:
    class Forms(MarkovTaskSet):
        @transition("b", weight=2)
        @transition("a")
        def a(self) -> None: ...

        @transitions([("a", 3), "b"])
        def b(self) -> None: ...

    chain = [task.transitions for task in Forms.tasks]  # type: ignore[union-attr]  # Locust's mark
    assert chain == [{"a": 1, "b": 2}, {"a": 3, "b": 1}]


def test_an_empty_chain_is_refused() -> None:
    with pytest.raises(NoMarkovTasksError, match="No Markov tasks defined in class Empty"):

        class Empty(MarkovTaskSet): ...


def test_an_abstract_one_needs_no_chain() -> None:
    class Base(MarkovTaskSet):
        abstract = True

    with pytest.raises(NoMarkovTasksError):

        class Child(Base): ...


def test_a_target_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidTransitionError, match="since no such element exists on class X"):

        class X(MarkovTaskSet):
            @transition("nowhere")
            def a(self) -> None: ...


def test_a_target_without_transitions_is_refused() -> None:
    with pytest.raises(
        NonMarkovTaskTransitionError, match=r"X\.b cannot be used as a target for a transition"
    ):

        class X(MarkovTaskSet):
            @transition("b")
            def a(self) -> None: ...

            def b(self) -> None: ...


def test_tags_are_refused() -> None:
    with pytest.raises(MarkovTaskTagError, match=r"Tags are unsupported .* on X\.a: \{'slow'\}"):

        class X(MarkovTaskSet):
            @tag("slow")
            @transition("a")
            def a(self) -> None: ...


def test_the_name_of_the_loop_is_refused() -> None:
    with pytest.raises(ValueError, match="must not override it"):

        class X(MarkovTaskSet):
            @transition("run")
            def run(self) -> None:  # type: ignore[override]  # that is what is refused
                ...


def test_unreachable_tasks_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):

        class X(MarkovTaskSet):
            @transitions({"a": 1, "b": 0})
            def a(self) -> None: ...

            @transition("a")
            def b(self) -> None: ...

    assert "tasks are unreachable in class X: {'b'}" in caplog.text


def test_a_chain_stays_whatever_tags_are_asked_for() -> None:
    class Circle(MarkovTaskSet):
        @transition("only")
        def only(self) -> None: ...

    class Visitor(User):
        chain = task(Circle)

        @tag("a")
        @task
        def tagged(self) -> None: ...

        @task
        def untagged(self) -> None: ...

    filter_tasks_by_tags(Visitor, {"a"})
    assert Visitor.tasks == [Circle, Visitor.tagged]
    assert Circle.tasks == [Circle.only]


def test_a_test_function_stays_whatever_tags_are_asked_for() -> None:
    class Tests(PytestUser):
        abstract = False

    filter_tasks_by_tags(Tests, {"a"})
    assert Tests.tasks == [PytestUser.call_function]
