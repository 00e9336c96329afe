"""The Flask application: the guard in front of every route, one form for every refusal.

Flask's debug mode is never on, no other origin is ever allowed, and a script's own routes on
`web_ui.app` stand behind the same guard as ours.
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

import msgspec
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from locust_like.web.auth import Attempts, Credentials, Sessions
from locust_like.web.built import STATIC
from locust_like.web.guard import Facts, Guard, Identity
from locust_like.web.login import icon_origins, login_page, script_login_page
from locust_like.web.pages import make_pages
from locust_like.web.schemas import Problem, Session

if TYPE_CHECKING:
    from locust_like.web.schemas import Role
    from locust_like.web.script_login import ScriptLogin

_logger = logging.getLogger("locust_like.web")

MOST_BODY_BYTES = 1 << 20
UNKNOWN = 401
_POLICY = "Content-Security-Policy"
_IMAGES = "img-src 'self' data:"
_HEADERS = {
    _POLICY: (
        f"default-src 'none'; script-src 'self'; style-src 'self'; {_IMAGES}; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with that, browsers call the origin of our own forms null.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PUBLIC = frozenset({"pages.index", "pages.asset", "login", "log_in"})
_HARMLESS = frozenset({"api.view", "api.preview"})


class Access:
    """Who is asking: cookies, tokens, logins.

    Args:
        guard: the rules.
        credentials: what lets somebody in.
        cookie_name: differs by port, because browsers share cookies among the ports of a host.
        cookie_path: the base path.
        secure: whether cookies may only travel over TLS.
    """

    def __init__(
        self,
        guard: Guard,
        credentials: Credentials,
        *,
        cookie_name: str,
        cookie_path: str,
        secure: bool,
    ) -> None:
        """Know nobody yet."""
        self.guard = guard
        self.credentials = credentials
        self.sessions = Sessions()
        self.attempts = Attempts()
        self.cookie_name = cookie_name
        self.cookie_path = cookie_path or "/"
        self.is_secure = secure
        self._script: ScriptLogin | None = None

    @property
    def script_login(self) -> ScriptLogin | None:
        """The login of the locustfile, None as long as it has none."""
        script = self._script
        return script if script is not None and script.is_in_use else None

    def ask_script(self, login: ScriptLogin) -> None:
        """Let the locustfile say who somebody is, as soon as it can."""
        self._script = login

    def cookie(self) -> str | None:
        """Return the session cookie of the current request."""
        return request.cookies.get(self.cookie_name)

    def identity(self) -> Identity | None:
        """Return who makes the current request, None if nobody that we know."""
        bearer = bearer_token()
        if bearer is not None:
            role = self.credentials.role_of_token(bearer)
            return None if role is None else Identity(role, "api", "")
        cookie = self.cookie()
        known = None if cookie is None else self.sessions.get(cookie)
        script = self.script_login
        if script is None:
            return known
        # Our session lives no longer than the script's.
        user = script.user()
        is_same = known is not None and user is not None and known.who == user.who
        return known if is_same else user

    def let_in(self, reply: Response, role: Role, who: str) -> Identity:
        """Give the browser a session with the reply."""
        cookie, identity = self.sessions.add(role, who)
        reply.set_cookie(
            self.cookie_name,
            cookie,
            httponly=True,
            samesite="Strict",
            secure=self.is_secure,
            path=self.cookie_path,
        )
        return identity

    def is_public(self) -> bool:
        """Tell whether anybody may read what the current request asks for."""
        script = self.script_login
        return (
            request.endpoint in _PUBLIC
            or request.endpoint is None
            or (script is not None and script.is_way_in(request.path))
        )

    def facts(self) -> Facts:
        """Return what decides about the current request."""
        headers = request.headers
        identity = self.identity()
        has_bearer = bearer_token() is not None
        by_script = self.script_login is not None and identity is not None
        return Facts(
            method=request.method,
            host=headers.get("Host", ""),
            origin=headers.get("Origin"),
            fetch_site=headers.get("Sec-Fetch-Site"),
            has_cookie=self.cookie() is not None or by_script,
            has_bearer=has_bearer,
            identity=identity,
            csrf_token=headers.get("X-CSRF-Token", ""),
            is_public=self.is_public(),
            is_harmless=request.endpoint in _HARMLESS,
        )


def bearer_token() -> str | None:
    """Return the token of the Authorization header, None without such a header."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def make_app(access: Access, *, product_version: str, locustfile: str) -> Flask:
    """Return the application with guard, page, login and session; the API is registered by others.

    Args:
        access: who may do what.
        product_version: shown on the page.
        locustfile: name of the file, shown on the page.
    """
    # The page is a template, too, for scripts that show it at a path of their own.
    app = Flask(__name__, static_folder=None, template_folder=str(STATIC))
    # For scripts that use Flask's own session in routes of their own.
    app.config.update(
        SECRET_KEY=secrets.token_hex(32),
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        SESSION_COOKIE_NAME=f"{access.cookie_name}_script",
        SESSION_COOKIE_PATH=access.cookie_path,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=access.is_secure,
    )

    @app.before_request
    def check() -> Response | None:
        g.identity = access.identity()
        refusal = access.guard.refusal(access.facts())
        if refusal is None:
            return None
        if refusal.status == UNKNOWN and request.headers.get("Sec-Fetch-Mode") == "navigate":
            return _elsewhere("/login")
        return problem(refusal.status, refusal.problem)

    @app.after_request
    def protect(reply: Response) -> Response:
        for name, value in _HEADERS.items():
            reply.headers.setdefault(name, value)
        reply.headers.setdefault("Cache-Control", "no-store")
        return reply

    @app.errorhandler(HTTPException)
    def on_refusal(error: HTTPException) -> Response:
        reply = problem(error.code or 500, _words_of(error))
        for name, value in error.get_headers():
            if name in ("Allow", "Location"):
                reply.headers[name] = value
        return reply

    @app.errorhandler(Exception)
    def on_mistake(error: Exception) -> Response:
        _logger.error("A request of the web UI failed: %s", request.path, exc_info=error)
        return problem(500, "the server made a mistake; its log has the details")

    @app.get("/api/v1/session")
    def session() -> Response:
        reply = Response(mimetype="application/json")
        identity: Identity | None = g.identity
        if identity is None:
            identity = access.let_in(reply, "operator", "web")
        elif not identity.csrf_token and bearer_token() is None:
            identity = access.let_in(reply, identity.role, identity.who)
        told = Session(identity.csrf_token, identity.role, product_version, locustfile)
        reply.set_data(msgspec.json.encode(told))
        return reply

    app.register_blueprint(make_pages(enter=lambda: _enter(access)))
    _add_login(app, access)
    return app


def identify() -> tuple[Role, str]:
    """Return role and name of who makes the current request."""
    identity: Identity | None = g.identity
    return ("operator", "api") if identity is None else (identity.role, identity.who)


def problem(status: int, text: str, *, field: str | None = None) -> Response:
    """Return a refusal as JSON."""
    body = msgspec.json.encode(Problem(text, field))
    return Response(body, status, mimetype="application/json")


def _words_of(error: HTTPException) -> str:
    words = {
        404: f"there is nothing at {request.path[:200]}",
        405: f"{request.path[:200]} does not take {request.method}; see the header Allow",
        413: f"a request may have {MOST_BODY_BYTES:,} bytes at most",
    }
    return words.get(error.code or 500) or (error.description or error.name)


def _enter(access: Access) -> Response | None:
    """Let somebody with a token in the URL in; send somebody who has to log in there."""
    token = request.args.get("token")
    if token is not None and access.script_login is None:
        role = access.credentials.role_of_token(token)
        if role is not None:
            reply = _elsewhere("/")
            access.let_in(reply, role, "web")
            return reply
    if access.guard.demands_credentials and g.identity is None:
        return _elsewhere("/login")
    return _elsewhere("/") if token is not None else None


def _elsewhere(path: str) -> Response:
    return Response(status=303, headers={"Location": request.script_root + path})


def _add_login(app: Flask, access: Access) -> None:
    @app.get("/login")
    def login() -> Response:
        if not access.guard.demands_credentials:
            return _elsewhere("/")
        script = access.script_login
        if script is None:
            return Response(login_page(has_user=bool(access.credentials.password)))
        args, error, info = script.page_args()
        reply = Response(script_login_page(args, error, info))
        images = " ".join((_IMAGES, *icon_origins(args)))
        reply.headers[_POLICY] = _HEADERS[_POLICY].replace(_IMAGES, images)
        return reply

    @app.post("/login")
    def log_in() -> Response:
        if access.script_login is not None:
            return _elsewhere("/login")
        address = request.remote_addr or ""
        if not access.attempts.may_try(address):
            return Response(
                login_page(has_user=True, error="Too many attempts: wait a minute."), 429
            )
        user, password = request.form.get("username", ""), request.form.get("password", "")
        credentials = access.credentials
        role = credentials.role_of_login(user, password) or credentials.role_of_token(password)
        if role is None:
            access.attempts.failed(address)
            has_user = bool(credentials.password)
            return Response(login_page(has_user=has_user, error="That is not right."), 401)
        reply = _elsewhere("/")
        access.let_in(reply, role, user or "web")
        return reply
