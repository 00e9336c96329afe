"""What a process with the web UI has besides a headless run: server, control, feed, logbook."""

from __future__ import annotations

import functools
import logging
import sys
from typing import TYPE_CHECKING

import gevent

from locust_like._version import __version__
from locust_like.cli.facts import facts_of
from locust_like.runtime.commands import Start
from locust_like.runtime.control import Control
from locust_like.runtime.control_checks import Arguments, Load

if TYPE_CHECKING:
    from locust_like.cli.ending import Ending
    from locust_like.cli.reporting import Reporter
    from locust_like.plan.plan import RunPlan
    from locust_like.runtime.environment import Environment
    from locust_like.web.feed import Feed
    from locust_like.web.past import Past
    from locust_like.web.report import ReportMaker
    from locust_like.web.server import WebUI

_logger = logging.getLogger("locust.main")

AUTOQUIT = "quit after the run, as --autoquit says"


class Web:
    """The web UI of this process, and what it steers.

    Attributes:
        ui: what scripts get as `web_ui`.
        past: the output that keeps what was until now.
        feed: the output that viewers are fed from.
        reports: makes the report.
        control: the operators' door.
        has_run: a run has begun.

    Thread: the hub's thread.
    """

    def __init__(
        self, ui: WebUI, past: Past, feed: Feed, reports: ReportMaker, control: Control
    ) -> None:
        """Do nothing yet."""
        self.ui = ui
        self.past = past
        self.feed = feed
        self.reports = reports
        self.control = control
        self.has_run = False
        self._idling: gevent.Greenlet | None = None

    def start(self, reporter: Reporter, ending: Ending) -> None:
        """Listen, say where, and let every run be reported.

        Raises: OSError, with a sentence, when the address cannot be had.
        """
        self.control.on_begin.append(
            lambda run_time_s: self._on_begin(reporter, ending, run_time_s)
        )
        self.control.on_end.append(lambda reason: self._on_end(reporter, ending, reason))
        self.ui.start()
        _logger.info("Starting web interface at %s", self.ui.url)
        if self.ui.made_token:
            sys.stderr.write(f"The web UI demands a token. Open {self.ui.login_url}\n")
        self._idling = gevent.spawn(self._idle)

    def autostart(self, autoquit_s: float | None, ending: Ending) -> None:
        """Start the load that the command line says.

        Args:
            autoquit_s: quit so long after the end of the run; None = stay.
            ending: is asked then.

        Raises: CommandError.
        """
        if autoquit_s is not None:
            self.control.on_end.append(
                lambda _: gevent.spawn_later(autoquit_s, ending.ask, AUTOQUIT)
            )
        ending.begin(lambda: self.control.do(Start(), "terminal"))

    def stop(self) -> None:
        """End all streams and close the port."""
        if self._idling is not None:
            self._idling.kill()
        self.ui.stop()

    def _on_begin(self, reporter: Reporter, ending: Ending, run_time_s: float | None) -> None:
        self.has_run = True
        ending.run_reason = ""
        reporter.restart(run_time_s)

    def _on_end(self, reporter: Reporter, ending: Ending, reason: str) -> None:
        # A process that ends with its run is told about as ever; else it is the run that counts,
        # and not what the page waited for afterwards.
        if not ending.reason:
            ending.run_reason = reason
            reporter.hold()
        self.feed.idle_tick()

    def _idle(self) -> None:
        """Keep viewers up to date while no run feeds them."""
        while True:
            gevent.sleep(1.0)
            if not self.control.is_active:
                self.feed.idle_tick()


def make_web(plan: RunPlan, environment: Environment) -> Web:
    """Return the web UI that the options ask for; it does not listen yet.

    Raises: SourceError or OSError for options that cannot be used.
    """
    from locust_like.web.feed import Feed
    from locust_like.web.logbook import Logbook
    from locust_like.web.past import Past
    from locust_like.web.report import ReportMaker
    from locust_like.web.server import WebUI

    settings = plan.settings
    known = {
        name: setting.argument
        for name, setting in settings.custom.items()
        if setting.argument is not None
    }
    control = Control(
        environment,
        available=plan.available,
        load=Load(plan.users, plan.spawn_rate_per_s, plan.run_time_s),
        arguments=Arguments(known, environment.parsed_options),
    )
    logbook = Logbook()
    logging.getLogger().addHandler(logbook)
    past = Past(environment)
    feed = Feed(environment=environment, control=control, logbook=logbook, past=past)
    reports = ReportMaker(
        environment,
        past,
        annotations=control.annotations,
        facts=functools.cache(lambda: facts_of(plan)),
    )
    ui = WebUI(
        environment=environment,
        control=control,
        feed=feed,
        logbook=logbook,
        reports=reports,
        host=settings.text("web_host") or "",
        port=int(settings.number("web_port")),
        base_path=settings.text("web_base_path") or "",
        display_name=settings.text("web_host_display_name"),
        login=settings.on("web_login"),
        token_file=settings.text("web_token"),
        tls_cert=settings.text("tls_cert"),
        tls_key=settings.text("tls_key"),
        allow_get=settings.on("web_allow_get"),
        product_version=__version__,
        locustfile=environment.locustfile or "",
    )
    environment.web_ui = ui
    return Web(ui, past, feed, reports, control)
