"""The login that a locustfile brings along, as Locust's `--web-login` has it.

Who is logged in says flask-login, with the script's `user_loader`; what follows from that is said
by our guard as ever. So a script decides who somebody is, and nothing else: Host, Origin and CSRF
token are checked before any of its routes, and only the paths that it names for logging in are open
to everybody. Without a `user_loader` this is not in use, and our own login stands.

Source: Locust's `WebUI.login_manager` and `auth_args`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import request, session
from flask_login import LoginManager, current_user

from locust_like.web.guard import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask

_ERROR, _INFO = "auth_error", "auth_info"


class ScriptLogin:
    """Knows people by what a script says about them.

    Args:
        app: the application that the script adds its routes to.
        auth_args: returns what the script wants on the login page.

    Attributes:
        manager: what scripts get as `web_ui.login_manager`.

    Thread: the hub's thread.
    """

    def __init__(self, app: Flask, auth_args: Callable[[], Mapping[str, Any]]) -> None:
        """Know nobody until the script has set a loader."""
        self.manager: Any = LoginManager(app)
        self.manager.login_view, self.manager.login_message = "locust.login", None
        self._app = app
        self._auth_args = auth_args
        self._own_key = app.config["SECRET_KEY"]

    @property
    def is_in_use(self) -> bool:
        """Whether the script has taken the login over."""
        return self.manager.user_callback is not None or self.manager.request_callback is not None

    def settle(self) -> None:
        """Keep a key for signing cookies where the script has set an empty one."""
        if not self._app.config["SECRET_KEY"]:
            self._app.config["SECRET_KEY"] = self._own_key

    def user(self) -> Identity | None:
        """Return who makes the current request; it has no CSRF token, so it may only read."""
        if not current_user.is_authenticated:
            return None
        return Identity("operator", str(current_user.get_id()), "")

    def is_way_in(self, path: str) -> bool:
        """Tell whether a path serves for logging in: one that the script names, or below it."""
        return any(path == one or path.startswith(f"{one}/") for one in self._ways_in())

    def page_args(self) -> tuple[Mapping[str, Any], str, str]:
        """Return what the login page shows, with what went wrong last time, and other news."""
        return self._auth_args(), session.pop(_ERROR, None) or "", session.pop(_INFO, None) or ""

    def _ways_in(self) -> Iterator[str]:
        args = self._auth_args()
        yield from _own_path(args.get("username_password_callback"))
        yield from _own_path((args.get("custom_form") or {}).get("callback_url"))
        for provider in args.get("auth_providers") or ():
            yield from _own_path(provider.get("callback_url"))


def _own_path(url: object) -> Iterator[str]:
    """Give the path of a URL on this server as routes see it; nothing for one of elsewhere."""
    parts = urlsplit(str(url or ""))
    path = parts.path.rstrip("/")
    if parts.netloc or not path:
        return
    yield path if path.startswith("/") else f"/{path}"
    if request.script_root and path.startswith(f"{request.script_root}/"):
        yield path.removeprefix(request.script_root)
