"""What tags leave, and what Markov chains refuse."""

from locust import MarkovTaskSet, TaskSet, User, events, tag, task, transition, transitions
from locust.user.markov_taskset import (
    InvalidTransitionError,
    MarkovTaskTagError,
    NoMarkovTasksError,
    NonMarkovTaskTransitionError,
)
from locust.user.task import filter_tasks_by_tags


class Visitor(User):
    @tag("a", "b")
    @task
    def ab(self):
        pass

    @tag("c")
    @task(2)
    def c(self):
        pass

    @task
    def untagged(self):
        pass

    @tag("set")
    @task
    class Inside(TaskSet):
        @tag("a")
        @task
        def in_a(self):
            pass

        @task
        def in_set(self):
            pass

    def on_start(self):
        self.environment.runner.quit()


def left(**choice):
    class Copy(Visitor):
        pass

    inside = list(Visitor.Inside.tasks)
    filter_tasks_by_tags(Copy, **choice)
    names = [getattr(t, "__name__", t) for t in Copy.tasks]
    nested = [t.__name__ for t in Visitor.Inside.tasks]
    Visitor.Inside.tasks = inside
    return names, nested


print(left(tags={"a"}))
print(left(tags={"a", "c"}, exclude_tags={"b"}))
print(left(exclude_tags={"set"})[0])
print(left(tags={"nothing"})[0])


def refused(error, make):
    try:
        make()
    except error as e:
        print(type(e).__name__, e if error is not NonMarkovTaskTransitionError else str(e)[:60])


def empty():
    class X(MarkovTaskSet):
        pass


def unknown():
    class X(MarkovTaskSet):
        @transition("nowhere")
        def a(self):
            pass


def no_transitions():
    class X(MarkovTaskSet):
        @transition("b")
        def a(self):
            pass

        def b(self):
            pass


def tagged():
    class X(MarkovTaskSet):
        @tag("t")
        @transitions({"a": 2})
        def a(self):
            pass


refused(NoMarkovTasksError, empty)
refused(InvalidTransitionError, unknown)
refused(NonMarkovTaskTransitionError, no_transitions)
refused(MarkovTaskTagError, tagged)


class Warned(MarkovTaskSet):
    @transitions({"a": 1, "b": 0})
    def a(self):
        pass

    @transition("a")
    def b(self):
        pass


@events.quitting.add_listener
def _(environment, **kw):
    print([getattr(t, "__name__", t) for t in Visitor.tasks])
