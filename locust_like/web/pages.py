"""The built page and its assets.

Assets have a hash in their names, so browsers keep them for good; the page itself is asked for each
time. Compressed copies are made when the page is built, never here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, send_from_directory

from locust_like.web.built import STATIC

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_YEAR_S = 365 * 24 * 3600
_NOT_BUILT = (
    "The web page is not part of this installation. In a checkout, `make install` builds it; "
    "the interface at /api/v1 and `locust-like ctl` work without it.\n"
)


def make_pages(
    folder: Path = STATIC, *, enter: Callable[[], Response | None] = lambda: None
) -> Blueprint:
    """Return the routes of the page.

    Args:
        folder: where the built page is.
        enter: returns what somebody gets instead who has to log in first.
    """
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def index() -> Response:
        elsewhere = enter()
        if elsewhere is not None:
            return elsewhere
        if not (folder / "index.html").exists():
            return Response(_NOT_BUILT, 503, mimetype="text/plain")
        reply = send_from_directory(folder, "index.html", conditional=True, max_age=0)
        reply.headers["Cache-Control"] = "no-cache"
        return reply

    @pages.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        return _compressed(folder / "assets", name)

    return pages


def _compressed(folder: Path, name: str) -> Response:
    packed = f"{name}.gz"
    if request.accept_encodings["gzip"] > 0 and (folder / packed).is_file():
        plain = send_from_directory(folder, name, max_age=_YEAR_S)
        reply = send_from_directory(folder, packed, max_age=_YEAR_S)
        reply.headers["Content-Type"] = plain.headers["Content-Type"]
        reply.headers["Content-Encoding"] = "gzip"
        plain.close()
    else:
        reply = send_from_directory(folder, name, max_age=_YEAR_S)
    reply.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    reply.headers["Vary"] = "Accept-Encoding"
    return reply
