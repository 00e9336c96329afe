"""@task, @tag and the flat task lists of classes."""

from collections.abc import Iterator
from typing import Any

import pytest

from locust_like.users.tasks import collect_tasks, filter_tasks_by_tags, flatten, tag, task
from locust_like.users.tasksets import SequentialTaskSet, TaskSet
from locust_like.users.user import User


def names(holder: Any) -> list[str]:
    return [item.__name__ for item in holder.tasks]


def one(_owner: object) -> None:
    """A task."""


def two(_owner: object) -> None:
    """Another task."""


async def waits(_owner: object) -> None:
    """No task."""


def yields(_owner: object) -> Iterator[None]:
    """No task either: a call of it runs nothing."""
    yield


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (5, "5 is no task"),
        (yields, "task yields has a yield in it"),
        (waits, "task waits is async; write it with def"),
        ((one, 2.5), "the weight of task one must be a whole number, but is 2.5"),
        ((one, -1), "the weight of task one must be a whole number, but is -1"),
        (task("3")(lambda _: None), "the weight of task <lambda> must be"),  # type: ignore[call-overload]  # the mistake
    ],
)
def test_what_is_no_task_is_refused(item: Any, words: str) -> None:
    body = {"member": item} if hasattr(item, "locust_task_weight") else {"tasks": [item]}
    with pytest.raises(TypeError, match=words):
        type("Visitor", (User,), body)


def test_tasks_that_are_no_list_are_refused() -> None:
    with pytest.raises(TypeError, match="tasks is 5; it must be a list of tasks"):
        type("Visitor", (User,), {"tasks": 5})


def test_weights_repeat_tasks_in_the_order_of_declaration() -> None:
    class Visitor(User):
        @task(2)
        def often(self) -> None: ...

        @task
        def plain(self) -> None: ...

        @task()
        def called(self) -> None: ...

    assert names(Visitor) == ["often", "often", "plain", "called"]


def test_inherited_tasks_come_first_then_the_attribute_then_members() -> None:
    class Base(User):
        abstract = True

        @task
        def inherited(self) -> None: ...

    class Visitor(Base):
        @task
        def member(self) -> None: ...

        tasks = (one, two)

    assert names(Visitor) == ["inherited", "one", "two", "member"]
    assert names(Base) == ["inherited"]


@pytest.mark.parametrize("tasks", [{one: 1, two: 2}, [(one, 1), (two, 2)], [one, two, two]])
def test_the_attribute_may_be_a_mapping_pairs_or_a_list(tasks: Any) -> None:
    assert flatten(tasks) == [one, two, two]


def test_a_nested_task_set_is_a_task_with_a_weight() -> None:
    class Visitor(User):
        @task(3)
        class Nested(TaskSet):
            tasks = (one,)

    assert names(Visitor) == ["Nested"] * 3


def test_sequential_sets_take_the_attribute_where_it_stands() -> None:
    class Flow(SequentialTaskSet):
        @task
        def first(self) -> None: ...

        tasks = (one, two)

        @task
        def last(self) -> None: ...

    assert names(Flow) == ["first", "one", "two", "last"]


def test_abstract_holds_for_the_class_that_says_so() -> None:
    class Base(User):
        abstract = True

    class Visitor(Base):
        pass

    assert (User.abstract, Base.abstract, Visitor.abstract) == (True, True, False)


def test_run_cannot_be_a_task() -> None:
    with pytest.raises(ValueError, match=r"run\(\) is a method used internally"):

        @task
        def run(self: object) -> None: ...


def test_on_start_as_a_task_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    @task
    def on_start(self: object) -> None: ...

    assert "both as a task AND on start/stop" in caplog.text
    assert collect_tasks((), {"on_start": on_start}) == [on_start]


@pytest.mark.parametrize("arguments", [(), (one,)])
def test_a_tag_needs_a_name(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="No tag name"):
        tag(*arguments)


def tagged_user() -> type[User]:
    class Visitor(User):
        @tag("a", "b")
        @task(2)
        def both(self) -> None: ...

        @tag("b")
        @task
        def only_b(self) -> None: ...

        @task
        def bare(self) -> None: ...

        @tag("set")
        @task
        class Nested(TaskSet):
            @tag("a")
            @task
            def inner(self) -> None: ...

            @task
            def other(self) -> None: ...

    return Visitor


@pytest.mark.parametrize(
    ("tags", "exclude_tags", "expected"),
    [
        (None, None, ["both", "both", "only_b", "bare", "Nested"]),
        ({"a"}, None, ["both", "both", "Nested"]),
        ({"b"}, {"a"}, ["only_b"]),
        (None, {"set"}, ["both", "both", "only_b", "bare"]),
        ({"set"}, None, ["Nested"]),
    ],
)
def test_tags_choose_tasks(
    tags: set[str] | None, exclude_tags: set[str] | None, expected: list[str]
) -> None:
    visitor = tagged_user()
    filter_tasks_by_tags(visitor, tags, exclude_tags)
    assert names(visitor) == expected


def test_tags_filter_nested_sets_too() -> None:
    visitor = tagged_user()
    filter_tasks_by_tags(visitor, {"a"})
    assert names(visitor.tasks[-1]) == ["inner"]  # type: ignore[index]  # flat after collection


def test_a_class_without_tasks_left_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    visitor = tagged_user()
    filter_tasks_by_tags(visitor, {"nothing"})
    assert visitor.tasks == []
    assert "Visitor had no tasks left after filtering" in caplog.text
