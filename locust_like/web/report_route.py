"""Locust's route of the report, `/stats/report`.

Source: path and parameters are Locust's: `?download=1` makes the browser keep it, `?theme=dark` or
`light` chooses the colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from locust_like.web.downloads import attachment

if TYPE_CHECKING:
    from locust_like.runtime.control_values import ControlLike
    from locust_like.runtime.environment import Environment
    from locust_like.web.report import ReportMaker


def make_report_route(
    environment: Environment, reports: ReportMaker, control: ControlLike
) -> Blueprint:
    """Return the route; it answers with the run as it is now, or as it has ended."""
    routes = Blueprint("report", __name__)

    @routes.get("/stats/report")
    def report() -> Response:
        asked = request.args.get("theme")
        try:
            page = reports.now(
                control.status(), "dark" if asked == "dark" else "light" if asked else "auto"
            )
        except FileNotFoundError as error:
            return Response(f"{error}\n", 503, mimetype="text/plain")
        if request.args.get("download"):
            reply = attachment(environment, page, "text/html", ".html")
        else:
            reply = Response(page, mimetype="text/html")
        # The page's script and style are in it, so its own policy names them by their hashes.
        reply.headers["Content-Security-Policy"] = f"{reports.policy}; frame-ancestors 'none'"
        return reply

    return routes
