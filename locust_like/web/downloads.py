"""Files that a browser keeps, under names as Locust gives them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment

_LONGEST_PART = 80


def attachment(
    environment: Environment, content: str | bytes, mimetype: str, ending: str
) -> Response:
    """Return a reply that a browser keeps as a file.

    Args:
        environment: its start, locustfile and host are in the name; what no file name may have
            becomes `_`.
        content: what is in the file.
        mimetype: what that is.
        ending: of the name, for example `_requests.csv`.
    """
    moment = datetime.fromtimestamp(environment.stats.start_time, UTC).astimezone()
    parts = ["Locust", moment.strftime("%Y-%m-%d-%Hh%M")]
    parts += [_plain(part) for part in (environment.locustfile, environment.host) if part]
    name = "_".join(parts) + ending
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=mimetype, headers=headers)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.,-]+", "_", text)[:_LONGEST_PART]
