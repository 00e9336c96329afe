"""How many users of each class there are on the way up and down, by weights and exact counts."""

import gevent
from locust import User, constant, events, task


class Told(User):
    abstract = True
    wait_time = constant(10)

    @task
    def t(self):
        pass


class Five(Told):
    weight = 5


class Three(Told):
    weight = 3


class Half(Told):
    weight = 0.5


class Exactly(Told):
    fixed_count = 2


def drive(runner):
    for users in (12, 7, 2):
        runner.start(users, 1000)
        gevent.sleep(0.3)
        print(users, sorted(runner.user_classes_count.items()), runner.target_user_count)
    runner.quit()


@events.init.add_listener
def _(environment, **kw):
    def once(user_count, **kw):
        print("complete", user_count)
        environment.events.spawning_complete.remove_listener(once)
        gevent.spawn(drive, environment.runner)

    environment.events.spawning_complete.add_listener(once)


@events.test_stop.add_listener
def _(environment, **kw):
    print("stopped", environment.runner.target_user_count)
