"""The web UI, and the report, of a script that makes its own environment.

The command line has outputs that are fed each second, and the page is one of them; a script has
none, so here the page is fed by a greenlet of its own.

Source: Locust's Environment.create_web_ui, and its html.py; the page is ours.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import gevent

from locust_like._version import __version__
from locust_like.outputs.base import Moment
from locust_like.outputs.run_document import RunFacts
from locust_like.runtime.control import Control
from locust_like.runtime.control_checks import Load
from locust_like.runtime.state import ACTIVE
from locust_like.stats.health import HealthLog
from locust_like.web.feed import Feed
from locust_like.web.logbook import Logbook
from locust_like.web.past import Past
from locust_like.web.report import ReportMaker, file_name
from locust_like.web.server import WebUI

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust_like.runtime.environment import Environment
    from locust_like.web.report import Theme

_BEAT_S = 1.0
_NO_RUNNER = "Error: Locust Environment does not have any runner"


def make_web_ui(
    environment: Environment,
    host: str,
    port: int,
    web_base_path: str | None = None,
    web_login: bool = False,
    *unused: Any,
    take_health: Callable[[], Sequence[Any]] = tuple,
    tls_cert: str | None = None,
    tls_key: str | None = None,
    delayed_start: bool = False,
    stats_csv_writer: object = None,
    userclass_picker_is_active: bool = False,
    build_path: str | None = None,
) -> WebUI:
    """Make the web UI of an environment.

    Args:
        environment: whose figures are shown; it may get its runner later.
        host: address to listen on; "" or "*" = all.
        port: 0 = any free one.
        web_base_path: path under which a proxy shows us.
        web_login: demand credentials also on a loopback address.
        unused: Locust's further parameters by position; name those that matter.
        take_health: returns what the generator has said about itself since its last call.
        tls_cert: certificate file for HTTPS.
        tls_key: its key file.
        delayed_start: listen only when `start()` is called.
        stats_csv_writer: without effect; the page makes its own tables.
        userclass_picker_is_active: without effect; classes can always be chosen.
        build_path: without effect; the page is ours.

    Returns:
        The web UI, which is `environment.web_ui` as well.

    Raises: OSError when the address cannot be had.
    """
    del unused, stats_csv_writer, userclass_picker_is_active, build_path
    control = _control_of(environment)
    logbook = Logbook()
    logging.getLogger().addHandler(logbook)
    past = Past(environment)
    feed = Feed(environment=environment, control=control, logbook=logbook, past=past)
    reports = _reports_of(environment, past, control)
    ui = WebUI(
        environment=environment,
        control=control,
        feed=feed,
        logbook=logbook,
        reports=reports,
        host=host,
        port=port,
        base_path=web_base_path or "",
        login=web_login,
        tls_cert=tls_cert,
        tls_key=tls_key,
        product_version=__version__,
        locustfile=environment.locustfile or "",
    )
    environment.web_ui = ui

    @ui.app.before_request
    def check() -> tuple[str, int] | None:
        return None if environment.runner is not None else (_NO_RUNNER, 500)

    ui.on_stop.append(lambda: logging.getLogger().removeHandler(logbook))
    beat = gevent.spawn(_feed_for_ever, environment, past, feed, HealthLog(take_health))
    ui.on_stop.append(lambda: beat.kill(block=False))
    if not delayed_start:
        ui.start()
    return ui


def get_html_report(
    environment: Environment, show_download_link: bool = True, theme: str = ""
) -> str:
    """Return the report of a run as it is now, for scripts that store it themselves.

    Args:
        environment: whose run it is; its charts are those of its web UI, and there are none where
            it has no web UI.
        show_download_link: without effect; the page has a menu of its own.
        theme: "dark" or "light"; anything else follows the reader's setting.

    Raises:
        FileNotFoundError: the page was not built.
    """
    del show_download_link
    asked: Theme = "dark" if theme == "dark" else "light" if theme == "light" else "auto"
    ui: WebUI | None = environment.web_ui
    if ui is not None:
        return ui.report(asked)
    control = _control_of(environment)
    return _reports_of(environment, Past(environment), control).now(control.status(), asked)


def process_html_filename(options: Any) -> None:
    """Replace `{u}`, `{r}` and `{t}` in `options.html_file` by users, spawn rate and run time."""
    options.html_file = file_name(
        options.html_file,
        users=options.num_users or 1,
        spawn_rate_per_s=options.spawn_rate or 1,
        run_time_s=options.run_time,
    )


def _control_of(environment: Environment) -> Control:
    available = environment.available_user_classes or environment.user_classes_by_name
    return Control(
        environment, available=list(available.values()), load=_load(environment.parsed_options)
    )


def _reports_of(environment: Environment, past: Past, control: Control) -> ReportMaker:
    return ReportMaker(
        environment, past, annotations=control.annotations, facts=lambda: _facts(environment)
    )


def _load(options: Any) -> Load:
    """Return the load that a script's options say, or Locust's defaults."""
    users = getattr(options, "num_users", None) or 1
    return Load(users, getattr(options, "spawn_rate", None) or 1.0, None)


def _facts(environment: Environment) -> RunFacts:
    """Return what a script's environment tells; it has no command line."""
    return RunFacts(
        host=environment.host,
        locustfiles=(environment.locustfile,) if environment.locustfile else (),
        user_classes=tuple(cls.__name__ for cls in environment.user_classes),
        options=(),
        versions={},
        machine={},
        revision=None,
    )


def _feed_for_ever(environment: Environment, past: Past, feed: Feed, health: HealthLog) -> None:
    start_s = time.monotonic()
    while True:
        gevent.sleep(_BEAT_S)
        runner = environment.runner
        if runner is None or runner.state not in ACTIVE:
            start_s = time.monotonic()
            if runner is not None:
                feed.idle_tick()
            continue
        moment = Moment(
            state="paused" if runner.paused else runner.state,
            elapsed_s=time.monotonic() - start_s,
            run_time_s=None,
            user_count=runner.user_count,
            target_user_count=runner.target_user_count,
            stats=environment.stats.freeze(),
            health=health.recent(),
            workers=runner.workers,
        )
        past.tick(moment)
        feed.tick(moment)
