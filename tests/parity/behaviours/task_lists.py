"""How classes collect their tasks, and what json() and fullname() tell."""

from locust import HttpUser, SequentialTaskSet, TaskSet, User, constant, events, task


def names(holder):
    return [getattr(item, "__name__", item) for item in holder.tasks]


def show(title, make):
    try:
        print(title, make())
    except Exception as error:
        print(title, error)


def loose(l):
    pass


class Base(User):
    abstract = True
    host = "http://base"

    @task
    def one(self):
        pass


class Child(Base):
    weight = 2
    wait_time = constant(1)
    tasks = [loose]

    @task(2)
    def two(self):
        pass

    @task
    class Nested(TaskSet):
        tasks = {loose: 2}

        @task
        def three(self):
            pass


class Steps(SequentialTaskSet):
    @task
    def first(self):
        pass

    tasks = [loose]

    @task(2)
    def last(self):
        pass


class Root(HttpUser):
    fixed_count = 1
    tasks = [Steps]

    def on_start(self):
        self.environment.runner.quit()


print(names(Base), names(Child), names(Child.Nested), names(Steps))
print(Base.abstract, Child.abstract, Child.json(), Root.json())
print(
    Child.fullname().rpartition(".")[2],
    Child(environment=type("E", (), {"host": None})()).context(),
)


def make_run():
    class Wrong(TaskSet):
        @task
        def run(self):
            pass


def make_tag():
    from locust import tag

    @tag
    def f(l):
        pass


show("run", make_run)
show("tag", make_tag)


def no_tasks():
    class Empty(User):
        pass

    Empty(type("E", (), {"host": None})()).wait()


show("throughput", lambda: __import__("locust").constant_throughput(0))


@events.quitting.add_listener
def _(environment, **kw):
    print(sorted(environment.user_classes_by_name), environment.parsed_options.num_users)
    print([path.rpartition("/")[2] for path in environment.parsed_locustfiles])
    tasks = environment.available_user_tasks
    print({name: [task.__name__ for task in tasks[name]] for name in sorted(tasks)})
