"""A web UI over a real environment, control and recorder; no network but the WSGI server's."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient

from locust_like.outputs.run_document import OptionValue, RunFacts
from locust_like.runtime.control import Control
from locust_like.runtime.control_checks import Load
from locust_like.runtime.environment import Environment
from locust_like.users.tasks import task
from locust_like.users.user import User
from locust_like.users.wait_time import constant
from locust_like.web.feed import Feed
from locust_like.web.logbook import Logbook
from locust_like.web.past import Past
from locust_like.web.report import ReportMaker
from locust_like.web.server import WebUI


class Waiter(User):
    """Waits."""

    wait_time = constant(1000)

    @task
    def work(self) -> None: ...


FACTS = RunFacts(
    host=None,
    locustfiles=("x.py",),
    user_classes=("Waiter",),
    options=(OptionValue("num_users", 2, "command line"), OptionValue("tags", [], "default")),
    versions={},
    machine={},
    revision=None,
)


class Site(NamedTuple):
    """Everything that one web UI consists of."""

    environment: Environment
    control: Control
    past: Past
    feed: Feed
    logbook: Logbook
    ui: WebUI

    @property
    def client(self) -> FlaskClient:
        """A program that is no browser."""
        client: FlaskClient = self.ui.app.test_client()
        return client

    def fire(self, name: str, response_time_ms: float | None = 5.0, **more: Any) -> None:
        """Count a request."""
        self.environment.recorder.fire(
            request_type="GET",
            name=name,
            response_time=response_time_ms,
            response_length=100,
            **more,
        )


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site() -> Iterator[MakeSite]:
    made: list[Site] = []

    def make(**options: Any) -> Site:
        environment = Environment(user_classes=[Waiter])
        environment.create_local_runner()
        control = Control(environment, available=[Waiter], load=Load(2, 10_000, None))
        logbook = Logbook()
        past = Past(environment)
        feed = Feed(environment=environment, control=control, logbook=logbook, past=past)
        reports = ReportMaker(
            environment,
            past,
            annotations=control.annotations,
            facts=lambda: FACTS,
        )
        ui = WebUI(
            environment=environment,
            control=control,
            feed=feed,
            logbook=logbook,
            reports=reports,
            **{"port": 0, "product_version": "1.2.3", "locustfile": "x.py", **options},
        )
        made.append(Site(environment, control, past, feed, logbook, ui))
        return made[-1]

    yield make
    for site in made:
        site.ui.stop()
        assert site.environment.runner is not None
        site.environment.runner.quit()
        Waiter.weight, Waiter.fixed_count, Waiter.host = 1, 0, None


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()
