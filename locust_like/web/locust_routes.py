"""Locust's own routes, for the tools and scripts that know them.

Source: paths, parameters and JSON are Locust's (`locust.web`). We differ in that changes are made
by POST only, unless `--web-allow-get` says otherwise.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flask import Blueprint, Response, jsonify, request

from locust_like.errors import CommandError
from locust_like.outputs.csv_files import (
    EXCEPTIONS_HEADER,
    FAILURES_HEADER,
    Tables,
    safe,
)
from locust_like.runtime.commands import Order
from locust_like.stats import settings
from locust_like.web.downloads import attachment
from locust_like.web.ratios import ratios
from locust_like.web.swarm_form import swarm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from locust_like.outputs.csv_files import Cell
    from locust_like.runtime.control_values import ControlLike
    from locust_like.runtime.environment import Environment
    from locust_like.stats.entry import StatsEntry
    from locust_like.web.logbook import Logbook
    from locust_like.web.schemas import Role

_MOST_ROWS = 500
_NO_HISTORY = "there is no full history; --csv PREFIX --csv-full-history keeps one"
_GET_REFUSED = "a GET changes nothing here; use POST, or start with --web-allow-get"


class Extras(Protocol):
    """What a script can add to; it may set a new mapping at any time."""

    template_args: dict[str, Any]


def make_locust_routes(
    environment: Environment,
    control: ControlLike,
    logbook: Logbook,
    extras: Extras,
    identify: Callable[[], tuple[Role, str]],
    *,
    allow_get: bool,
) -> Blueprint:
    """Return the routes.

    Args:
        environment: whose figures are told.
        control: through which changes are made.
        logbook: the last lines of the log.
        extras: holds what a script has added; its `extended_stats` are told with the figures.
        identify: returns role and name of who asks.
        allow_get: let GET change the run where Locust does.
    """
    routes = Blueprint("locust", __name__)
    methods = ["POST", "GET"] if allow_get else ["POST"]

    @routes.post("/swarm")
    def start_or_edit() -> Response:
        return jsonify(swarm(environment, control, identify()[1]))

    @routes.post("/user")
    def user() -> Response | tuple[Response, int]:
        flaw = _update_user(environment, request.get_json(silent=True))
        return (jsonify({}), 201) if not flaw else (jsonify({"problem": flaw}), 400)

    @routes.route("/stop", methods=methods)
    def stop() -> Response:
        try:
            control.do(Order("stop"), identify()[1])
        except CommandError as error:
            return jsonify({"success": False, "message": str(error)})
        return jsonify({"success": True, "message": "Test stopped"})

    @routes.route("/stats/reset", methods=methods)
    def reset() -> str:
        control.do(Order("reset"), identify()[1])
        return "ok"

    _add_readings(routes, environment, control, logbook, extras)
    # So that scripts can say url_for("locust.index"), as in Locust; others answer.
    routes.add_url_rule("/", "index", build_only=True)
    routes.add_url_rule("/login", "login", build_only=True)
    if not allow_get:
        _refuse_get(routes)
    return routes


def _add_readings(
    routes: Blueprint,
    environment: Environment,
    control: ControlLike,
    logbook: Logbook,
    extras: Extras,
) -> None:
    """Add the routes that change nothing."""

    def csv_file(kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(rows)
        return attachment(environment, text.getvalue(), "text/csv", f"_{kind}.csv")

    @routes.get("/stats/requests")
    def requests() -> Response:
        return jsonify(figures(environment, control, extras.template_args))

    @routes.get("/stats/requests/csv")
    def requests_csv() -> Response:
        tables = Tables()
        rows = tables.stats(environment.stats.freeze())
        return csv_file("requests", tables.stats_header(), rows)

    @routes.get("/stats/requests_full_history/csv")
    def history_csv() -> Response | tuple[Response, int]:
        options = environment.parsed_options
        prefix = getattr(options, "csv_prefix", None)
        path = Path(f"{prefix}_stats_history.csv")
        is_kept = prefix and getattr(options, "stats_history_enabled", False)
        if not (is_kept and path.exists()):
            return jsonify({"problem": _NO_HISTORY}), 404
        text = path.read_text(encoding="utf-8")
        return attachment(environment, text, "text/csv", "_requests_full_history.csv")

    @routes.get("/stats/failures/csv")
    def failures_csv() -> Response:
        rows = Tables().failures(environment.stats.freeze())
        return csv_file("failures", FAILURES_HEADER, rows)

    @routes.get("/exceptions")
    def exceptions() -> Response:
        return jsonify({"exceptions": _exceptions(environment)})

    @routes.get("/exceptions/csv")
    def exceptions_csv() -> Response:
        rows = [
            [row["count"], safe(row["msg"]), safe(row["traceback"]), safe(row["nodes"])]
            for row in _exceptions(environment)
        ]
        return csv_file("exceptions", EXCEPTIONS_HEADER, rows)

    @routes.get("/tasks")
    def tasks() -> Response:
        return jsonify(ratios(environment, control.status().classes))

    @routes.get("/logs")
    def logs() -> Response:
        lines = logbook.lines(-1, "", _MOST_ROWS).lines
        return jsonify(
            {"master": [line.text for line in lines], "workers": environment.worker_logs}
        )

    @routes.get("/worker-count")
    def worker_count() -> Response:
        return jsonify({"worker_count": _worker_count(environment)})


def _refuse_get(routes: Blueprint) -> None:
    def refused() -> tuple[Response, int, dict[str, str]]:
        return jsonify({"problem": _GET_REFUSED}), 405, {"Allow": "POST"}

    for path in ("/stop", "/stats/reset"):
        routes.add_url_rule(path, f"get{path.replace('/', '_')}", refused, methods=["GET"])


def _update_user(environment: Environment, said: object) -> str:
    """Change attributes of a class, here and on the workers; return what is wrong, if anything."""
    if not isinstance(said, dict) or not isinstance(said.get("user_class_name"), str):
        return "a JSON object is needed, with user_class_name and attributes of the class"
    hidden = [name for name in said if name.startswith("_")]
    if hidden or not isinstance(said.get("tasks", []), list):
        return f"{hidden[0]} cannot be set" if hidden else "tasks must be a list of names"
    try:
        environment.update_user_class(said)
    except KeyError:
        return f"there is no user class {said['user_class_name'][:100]}"
    return ""


def figures(
    environment: Environment, control: ControlLike, template_args: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what /stats/requests tells."""
    stats = environment.stats.freeze()
    total = stats.total
    status = control.status()
    entries = sorted(stats.entries.values(), key=lambda entry: (entry.name, entry.method))
    rows: list[StatsEntry] = [*entries[:_MOST_ROWS], total]
    return {
        "stats": [_row(entry) for entry in rows],
        "errors": [
            {
                "method": error.method,
                "name": error.name,
                "error": error.parse_error(error.error),
                "occurrences": error.occurrences,
                "first_seen": error.first_seen,
                "last_seen": error.last_seen,
            }
            for error in list(stats.errors.values())[:_MOST_ROWS]
        ],
        "current_rps": total.current_rps,
        "current_fail_per_sec": total.current_fail_per_sec,
        "total_rps": total.total_rps,
        "total_fail_per_sec": total.total_fail_per_sec,
        "fail_ratio": total.fail_ratio,
        "total_avg_response_time": total.avg_response_time,
        "current_response_time_percentiles": {
            f"response_time_percentile_{share}": total.get_current_response_time_percentile(share)
            for share in settings.PERCENTILES_TO_CHART
        },
        **_crew(environment),
        "state": status.state,
        "user_count": status.users,
        "extended_stats": list(template_args.get("extended_stats", [])),
    }


def _crew(environment: Environment) -> dict[str, Any]:
    """Return what only a master tells."""
    if environment.runner is None or environment.runner.workers is None:
        return {}
    return {"workers": _workers(environment), "worker_count": _worker_count(environment)}


def _worker_count(environment: Environment) -> int:
    return sum(row["state"] != "missing" for row in _workers(environment))


def _workers(environment: Environment) -> list[dict[str, Any]]:
    workers = None if environment.runner is None else environment.runner.workers
    return [
        {
            "id": row.name,
            "state": row.state if row.is_here else "missing",
            "user_count": row.users,
            "cpu_usage": round(row.cpu_share * 100),
            "memory_usage": row.memory_bytes,
        }
        for row in (() if workers is None else workers.rows)
    ]


def _row(entry: StatsEntry) -> dict[str, Any]:
    return {**entry.to_dict(), "method": entry.method, "safe_name": entry.name}


def _exceptions(environment: Environment) -> list[dict[str, Any]]:
    runner = environment.runner
    return [
        {
            "count": row["count"],
            "msg": row["msg"],
            "traceback": row["traceback"],
            "nodes": ", ".join(sorted(row["nodes"])),
        }
        for row in ([] if runner is None else runner.exceptions.values())
    ]
