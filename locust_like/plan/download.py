"""Locustfiles that `-f` names by URL.

What comes is code that this process runs, so nothing happens silently: a redirect must not leave
the origin it was asked from, unless it goes from https to https; what is too large, or is a web
page about the file, is refused; and the log says what was loaded, and from where.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import logging
import os
import re
import shutil
import ssl
import tempfile
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import gevent

from locust_like.errors import LocustfileError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 1024 * 1024
_PATIENCE_S = 15.0

_logger = logging.getLogger("locust.main")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect that somebody on the way could have made up."""

    def redirect_request(self, *details: Any, **named: Any) -> urllib.request.Request | None:
        """Return the request that follows, see urllib."""
        req, reply, newurl = details[0], details[1], details[-1]
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        is_safe = old.scheme == new.scheme == "https"
        if not is_safe and (old.scheme, old.netloc) != (new.scheme, new.netloc):
            reply.close()
            raise LocustfileError(
                f"{req.full_url} redirects to {newurl}, which may be somebody else's; "
                f"name that URL with -f if it is right."
            )
        return super().redirect_request(*details, **named)


@functools.cache
def downloaded(url: str) -> Path:
    """Load a locustfile, once in this process, and return it as a file in a folder of its own.

    Args:
        url: http or https; proxies are those of the environment.

    Raises: LocustfileError when it cannot be loaded or is no Python file.
    """
    with _without_new_threads():
        text = _load(url)
    folder = Path(tempfile.mkdtemp(prefix="locust_like-url-"))
    atexit.register(_remove, folder, os.getpid())
    path = folder / _name_of(url)
    path.write_bytes(text)
    digest = hashlib.sha256(text).hexdigest()
    _logger.info("Loaded %s, %d bytes, SHA-256 %s", url, len(text), digest)
    return path


@contextlib.contextmanager
def _without_new_threads() -> Iterator[None]:
    """Let the threads end in which gevent looks names up, so that `--processes` can fork.

    They are left alone when there were some before, since somebody else uses them.
    """
    pool = gevent.get_hub().threadpool
    was_idle = pool.size == 0
    yield
    if was_idle:
        pool.size = 0  # waits for them; the next look-up starts one again


def _load(url: str) -> bytes:
    # Trust is that of HTTP clients: SSL_CERT_FILE is OpenSSL's own.
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    context = ssl.create_default_context(cafile=bundle or None)
    opener = urllib.request.build_opener(_Redirects, urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(url, timeout=_PATIENCE_S) as reply:
            kind = reply.headers.get_content_type()
            data: bytes = reply.read(MOST_BYTES + 1)
    except (OSError, ValueError, HTTPException) as error:
        if isinstance(error, HTTPError):
            error.close()
        why = error if isinstance(error, HTTPError) else getattr(error, "reason", error)
        raise LocustfileError(f"Could not load {url}: {why}; see to its server.") from error
    if len(data) > MOST_BYTES:
        raise LocustfileError(f"{url} has more than {MOST_BYTES} bytes; a locustfile has less.")
    if kind == "text/html":
        raise LocustfileError(
            f"{url} is a web page; name the URL of the file itself, as it is raw."
        )
    return data


def _name_of(url: str) -> str:
    """Return a file name of what the URL ends with, or Locust's usual one."""
    last = urlsplit(url).path.rpartition("/")[2]
    return last if re.fullmatch(r"[A-Za-z0-9_][\w.-]*\.py", last, re.ASCII) else "locustfile.py"


def _remove(folder: Path, owner: int) -> None:
    """Remove the folder where it was made; forked workers go on with it."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
