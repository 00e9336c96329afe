"""A shape that reads the common options, arguments of the team's own, waits of every kind."""

import random

from locust import LoadTestShape, User, constant_throughput, events, task


class Curve(LoadTestShape):
    use_common_options = True

    def __init__(self):
        super().__init__()
        self.ticks = 0

    def tick(self):
        options = self.runner.environment.parsed_options
        self.ticks += 1
        if self.ticks == 1:
            print(options.num_users, options.spawn_rate, options.run_time)
            self.levels = [options.num_users] * options.run_time
        if not self.levels or self.ticks > 2:
            return None
        return (self.levels.pop(), options.spawn_rate)


@events.init_command_line_parser.add_listener
def add(parser):
    group = parser.add_argument_group("team")
    group.add_argument("--team", env_var="TEAM_NAME", default="none")
    group.add_argument("--sizes", nargs="*", default=["a"])
    group.add_argument("--flag", action="store_true")
    parser.add_argument("--number", type=float, default=1.5, include_in_web_ui=False)
    parser.set_defaults(number=2.5)


@events.init.add_listener
def init(environment, **kw):
    options = environment.parsed_options
    print(options.team, options.sizes, options.flag, options.number)


@events.test_stop.add_listener
def stop(environment, **kw):
    print([row.name for row in environment.stats.entries.values()])


class ByMethod(User):
    def wait_time(self):
        return 0.02

    @task
    def t(self):
        with self.environment.events.request.measure("X", "t"):
            pass


class ByLambda(ByMethod):
    wait_time = lambda self: random.expovariate(50)


class ByRate(ByMethod):
    wait_time = constant_throughput(20)
