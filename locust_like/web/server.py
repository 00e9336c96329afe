"""The web UI as scripts and the command line know it: an application on a port."""

from __future__ import annotations

import errno
import functools
import logging
import os
import secrets
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
from flask import g
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from locust_like.web.api import make_api
from locust_like.web.app import Access, identify, make_app
from locust_like.web.auth import Credentials
from locust_like.web.extras import extras_of
from locust_like.web.guard import Guard, is_loopback, own_names
from locust_like.web.locust_routes import figures, make_locust_routes
from locust_like.web.report_route import make_report_route
from locust_like.web.template_args import template_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

    from locust_like.runtime.control_values import ControlLike
    from locust_like.runtime.environment import Environment
    from locust_like.web.feed import Feed
    from locust_like.web.logbook import Logbook
    from locust_like.web.report import ReportMaker, Theme
    from locust_like.web.schemas import Extras
    from locust_like.web.script_login import ScriptLogin

_logger = logging.getLogger("locust_like.web")

_MOST_CONNECTIONS = 256
_STOP_S = 1.0
_ANY = frozenset({"", "*", "0.0.0.0", "::"})
_USER, _PASSWORD, _VIEWER_PASSWORD, _TOKEN, _VIEWER_TOKEN = (
    f"LOCUST_LIKE_WEB_{name}"
    for name in ("USER", "PASSWORD", "VIEWER_PASSWORD", "TOKEN", "VIEWER_TOKEN")
)


class WebUI:
    """The web UI of one environment.

    Args:
        environment: whose figures are shown.
        control: through which everything is changed.
        feed: feeds the viewers.
        logbook: the last lines of the log.
        reports: makes the report of /stats/report.
        host: address to listen on; "" or "*" = all.
        port: 0 = any free one.
        base_path: path under which a proxy shows us.
        display_name: host name under which others reach us.
        login: demand credentials also on a loopback address.
        token_file: its first line is the operators' token, its second one the viewers'.
        tls_cert: certificate file for HTTPS.
        tls_key: its key file.
        allow_get: let GET /stop and GET /stats/reset change the run.
        product_version: shown on the page.
        locustfile: shown on the page.

    Attributes:
        app: the Flask application, for routes of a script's own.
        template_args: what scripts add to the page, as in Locust; `extended_stats` is answered by
            /stats/requests.
        auth_args: what the login page shows when the script knows who may come in, see
            `login_manager`: Locust's keys.
        greenlet: runs the server; None before `start`.
        on_stop: what `stop` calls besides.
        made_token: a token was made because nobody has given one; print `login_url` once.

    Raises: OSError or ValueError for files and names that cannot be used.

    Thread: the hub's thread.
    """

    def __init__(
        self,
        *,
        environment: Environment,
        control: ControlLike,
        feed: Feed,
        logbook: Logbook,
        reports: ReportMaker,
        host: str = "127.0.0.1",
        port: int = 8089,
        base_path: str = "",
        display_name: str | None = None,
        login: bool = False,
        token_file: str | None = None,
        tls_cert: str | None = None,
        tls_key: str | None = None,
        allow_get: bool = False,
        product_version: str = "",
        locustfile: str = "",
    ) -> None:
        """Make the application; it does not listen yet."""
        self._host = "0.0.0.0" if host in ("", "*") else host
        self._port = port
        self._base_path = _checked_base_path(base_path)
        self._display_name = display_name
        self._feed = feed
        self._tls = _tls_context(tls_cert, tls_key)
        self._environment, self._control = environment, control
        self._reports = reports
        credentials = _credentials(token_file)
        demands = login or not is_loopback(self._host) or bool(credentials.operator_token)
        self._made_token = demands and not credentials.exist
        if self._made_token:
            credentials = credentials._replace(operator_token=secrets.token_urlsafe(24))
        self._credentials = credentials
        names = own_names(self._host, [display_name] if display_name else [])
        access = Access(
            Guard(names, self._host in _ANY, demands),
            credentials,
            cookie_name=f"locust_like_{port}",
            cookie_path=self._base_path,
            secure=self._tls is not None,
        )
        self.template_args: dict[str, Any] = {}
        self.auth_args: dict[str, Any] = {}
        self.app = make_app(access, product_version=product_version, locustfile=locustfile)
        self._script_login = self._make_script_login(access) if login else None
        self.app.register_blueprint(
            make_api(environment, control, feed, logbook, identify, extras=self._extras)
        )
        self.app.register_blueprint(
            make_locust_routes(environment, control, logbook, self, identify, allow_get=allow_get)
        )
        self.app.register_blueprint(make_report_route(environment, reports, control))
        self.greenlet: gevent.Greenlet | None = None
        self.on_stop: list[Callable[[], object]] = []
        self._server: WSGIServer | None = None

    @property
    def server(self) -> WSGIServer | None:
        """The server, for its `server_port`; None while it does not listen."""
        return self._server

    @property
    def token(self) -> str:
        """What operators send as `Authorization: Bearer`; "" if no token is in use."""
        return self._credentials.operator_token

    @property
    def made_token(self) -> bool:
        """Whether a token was made because nobody has given one, and is the only way in."""
        script = self._script_login
        return self._made_token and not (script is not None and script.is_in_use)

    @property
    def login_manager(self) -> Any:
        """The `LoginManager` of flask-login; the script's `user_loader` takes the login over.

        Raises: AttributeError without --web-login.
        """
        if self._script_login is None:
            raise AttributeError("there is a login_manager only with --web-login")
        return self._script_login.manager

    @login_manager.setter
    def login_manager(self, manager: Any) -> None:
        if self._script_login is None:
            raise AttributeError("a login_manager can be set only with --web-login")
        self._script_login.manager = manager

    @property
    def url(self) -> str:
        """Where a browser finds the page; with the real port once the server listens."""
        port = self._port if self._server is None else self._server.server_port
        name = self._display_name or ("localhost" if self._host in _ANY else self._host)
        shown = f"[{name}]" if ":" in name else name
        return f"{'https' if self._tls else 'http'}://{shown}:{port}{self._base_path}"

    @property
    def login_url(self) -> str:
        """The same with the token in it, for who has started us; it must not be logged."""
        return f"{self.url}/?token={self.token}"

    def start(self) -> None:
        """Listen from now on.

        Raises: OSError, with a sentence, when the address cannot be had.
        """
        self.greenlet = gevent.spawn(self._listen().serve_forever)

    def start_server(self) -> None:
        """Listen and serve until `stop`; it is `start` for a greenlet of the caller's own.

        Raises: OSError, with a sentence, when the address cannot be had.
        """
        self._listen().serve_forever()

    def _listen(self) -> WSGIServer:
        if self._script_login is not None:
            self._script_login.settle()
        options: dict[str, Any] = {} if self._tls is None else {"ssl_context": self._tls}
        server = WSGIServer(
            (self._host, self._port),
            mounted(self.app, self._base_path),
            log=None,
            error_log=_logger,
            spawn=Pool(_MOST_CONNECTIONS),
            **options,
        )
        try:
            server.init_socket()
        except OSError as error:
            raise OSError(
                f"the web UI cannot listen on {self._host}:{self._port}: "
                f"{_why(error)}, or run without the page with --headless"
            ) from error
        self._server = server
        return server

    def report(self, theme: Theme) -> str:
        """Return the report of the run as it is now."""
        return self._reports.now(self._control.status(), theme)

    def stop(self) -> None:
        """End all streams and close the port."""
        self._feed.close()
        if self._server is not None:
            self._server.stop(timeout=_STOP_S)
            self._server = None
        while self.on_stop:
            self.on_stop.pop()()

    def auth_required_if_enabled(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Return the view, which is refused to strangers also where the login page's paths are.

        All other routes stand behind the guard with or without this. Source: Locust's decorator.
        """

        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if self._script_login is not None and g.get("identity") is None:
                return self._script_login.manager.unauthorized()
            return view(*args, **kwargs)

        return guarded

    def update_template_args(self) -> None:
        """Bring `template_args` up to date; what a script has put there stays."""
        self.template_args |= template_args(self._environment, self._control)

    def _extras(self) -> Extras:
        args = self.template_args
        return extras_of(self.app, lambda: figures(self._environment, self._control, args), args)

    def _make_script_login(self, access: Access) -> ScriptLogin:
        # flask-login is imported only where a login is asked for.
        from locust_like.web.script_login import ScriptLogin

        login = ScriptLogin(self.app, lambda: self.auth_args)
        access.ask_script(login)
        return login


def mounted(app: Flask, base_path: str) -> Callable[..., Iterable[bytes]]:
    """Return the application as it is seen below a path, whether a proxy takes that off or not.

    A script may have put routes of its own below that path by itself, as Locust's examples do;
    these are found, too.
    """
    if not base_path:
        return app.wsgi_app

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        environ["SCRIPT_NAME"] = base_path
        if path == base_path or path.startswith(base_path + "/"):
            rest = path[len(base_path) :] or "/"
            known = app.url_map.bind("").test
            method = environ.get("REQUEST_METHOD", "GET")
            if known(rest, method) or not known(path, method):
                environ["PATH_INFO"] = rest
        return app.wsgi_app(environ, start_response)

    return serve


def _checked_base_path(path: str) -> str:
    path = path.rstrip("/")
    plain = path.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    if path and not (path.startswith("/") and "//" not in path and (plain.isalnum() or not plain)):
        raise ValueError(f"--web-base-path {path!r} must be a path like /load")
    return path


def _why(error: OSError) -> str:
    """Return why an address cannot be listened on, and what to do about it."""
    if isinstance(error, socket.gaierror):
        # gevent puts the address behind the system's text.
        return f"{str(error.strerror).partition(':')[0]}; correct --web-host"
    if error.errno == errno.EADDRNOTAVAIL:
        return "the address is none of this machine; correct --web-host"
    # gevent puts texts of its own around the system's.
    return f"{os.strerror(error.errno or 0)}; choose another port with --web-port"


def _tls_context(cert: str | None, key: str | None) -> ssl.SSLContext | None:
    if cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key)
    except OSError as error:
        reason = error.strerror
        if isinstance(error, ssl.SSLError):
            # Where no PEM is found, OpenSSL gives no reason.
            reason = (error.reason or "PEM not found").lower().replace("_", " ")
        raise ValueError(
            f"--tls-cert {cert} and --tls-key {key} cannot be used: {reason}; they are the files "
            f"of a certificate and its key in PEM"
        ) from error
    return context


def _credentials(token_file: str | None) -> Credentials:
    """Return what files and variables say."""
    tokens = [os.environ.get(_TOKEN, ""), os.environ.get(_VIEWER_TOKEN, "")]
    if token_file is not None:
        try:
            lines = Path(token_file).expanduser().read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"--web-token-file {token_file} cannot be read: {error}") from error
        if not lines:
            raise ValueError(f"--web-token-file {token_file} has no token in its first line")
        tokens = [*lines, ""][:2]
    return Credentials(
        operator_token=tokens[0],
        viewer_token=tokens[1],
        user=os.environ.get(_USER, ""),
        password=os.environ.get(_PASSWORD, ""),
        viewer_password=os.environ.get(_VIEWER_PASSWORD, ""),
    )
