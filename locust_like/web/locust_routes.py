"""Locust's own routes, for the tools and scripts that know them.

Source: paths, parameters and JSON are Locust's (`locust.web`). We differ in that changes are made
by POST only, unless `--web-allow-get` says otherwise.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from flask import Blueprint, Response, jsonify, request

from locust_like.errors import CommandError
from locust_like.outputs.csv_files import (
    EXCEPTIONS_HEADER,
    FAILURES_HEADER,
    Tables,
    safe,
)
from locust_like.runtime.commands import ClassChange, Edit, Order, Start
from locust_like.runtime.control_checks import number_of
from locust_like.runtime.shape_choice import find_shape
from locust_like.stats import settings
from locust_like.web.ratios import ratios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from locust_like.outputs.csv_files import Cell
    from locust_like.runtime.control_values import ControlLike
    from locust_like.runtime.environment import Environment
    from locust_like.stats.entry import StatsEntry
    from locust_like.web.logbook import Logbook
    from locust_like.web.schemas import Role

_MOST_ROWS = 500
_DEFAULT_SHAPE = "Default"
"""What Locust's page sends when no load shape is chosen."""
_ACTIVE = frozenset({"spawning", "running", "paused"})
_OWN_FIELDS = frozenset(
    {"user_count", "spawn_rate", "host", "run_time", "user_classes", "shape_class", "profile"}
)
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
    def swarm() -> Response:
        try:
            if control.status().state not in _ACTIVE:
                _choose_shape(environment, request.form.get("shape_class") or _DEFAULT_SHAPE)
            return jsonify(_swarm(control, identify()[1]))
        except CommandError as error:
            return jsonify({"success": False, "message": str(error)})

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

    @routes.get("/stats/requests")
    def requests() -> Response:
        return jsonify(_requests(environment, control, extras.template_args))

    @routes.get("/stats/requests/csv")
    def requests_csv() -> Response:
        tables = Tables()
        rows = tables.stats(environment.stats.freeze())
        return _csv("requests", tables.stats_header(), rows)

    @routes.get("/stats/failures/csv")
    def failures_csv() -> Response:
        return _csv("failures", FAILURES_HEADER, Tables().failures(environment.stats.freeze()))

    @routes.get("/exceptions")
    def exceptions() -> Response:
        return jsonify({"exceptions": _exceptions(environment)})

    @routes.get("/exceptions/csv")
    def exceptions_csv() -> Response:
        rows = [
            [row["count"], safe(row["msg"]), safe(row["traceback"]), safe(row["nodes"])]
            for row in _exceptions(environment)
        ]
        return _csv("exceptions", EXCEPTIONS_HEADER, rows)

    @routes.get("/tasks")
    def tasks() -> Response:
        return jsonify(ratios(environment, control.status().classes))

    @routes.get("/logs")
    def logs() -> Response:
        lines = logbook.lines(-1, "", _MOST_ROWS).lines
        return jsonify({"master": [line.text for line in lines], "workers": {}})

    @routes.get("/worker-count")
    def worker_count() -> Response:
        return jsonify(
            {"worker_count": sum(row["state"] != "missing" for row in _workers(environment))}
        )


def _refuse_get(routes: Blueprint) -> None:
    def refused() -> tuple[Response, int, dict[str, str]]:
        return jsonify({"problem": _GET_REFUSED}), 405, {"Allow": "POST"}

    for path in ("/stop", "/stats/reset"):
        routes.add_url_rule(path, f"get{path.replace('/', '_')}", refused, methods=["GET"])


def _choose_shape(environment: Environment, name: str) -> None:
    """Follow another load shape, or none, where --class-picker lets operators choose.

    Raises: CommandError for a shape that no locustfile has.
    """
    if not getattr(environment.parsed_options, "class_picker", False):
        return
    environment.shape_class = find_shape(environment, "" if name == _DEFAULT_SHAPE else name)


def _swarm(control: ControlLike, who: str) -> dict[str, Any]:
    """Start a run, or change the load of the one that is active, as a form says."""
    form = request.form
    count = number_of("users", form.get("user_count"))
    users = None if count is None else int(count)
    rate_per_s = number_of("spawn_rate_per_s", form.get("spawn_rate"))
    chosen = form.getlist("user_classes")
    if control.status().state in _ACTIVE:
        control.do(Edit(users, rate_per_s), who)
    else:
        extra = {name: form[name] for name in form if name not in _OWN_FIELDS}
        known = {row.name for row in control.plan().arguments}
        classes = tuple(
            ClassChange(row.name, enabled=row.name in chosen)
            for row in control.plan().classes
            if chosen
        )
        control.do(
            Start(
                users,
                rate_per_s,
                host=form.get("host") or None,
                run_time_s=number_of("run_time_s", form.get("run_time")),
                classes=classes,
                arguments={name: value for name, value in extra.items() if name in known},
            ),
            who,
        )
    reply: dict[str, Any] = {
        "success": True,
        "message": "Swarming started",
        "host": control.status().host,
    }
    if form.get("run_time"):
        reply["run_time"] = form["run_time"]
    if chosen:
        reply["user_classes"] = chosen
    return reply


def _requests(
    environment: Environment, control: ControlLike, template_args: Mapping[str, Any]
) -> dict[str, Any]:
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
        "workers": _workers(environment),
        "state": status.state,
        "user_count": status.users,
        "extended_stats": list(template_args.get("extended_stats", [])),
    }


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
    return {**entry.to_dict(), "method": entry.method or None, "safe_name": entry.name}


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


def _csv(kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H-%M")
    disposition = f'attachment; filename="Locust_{stamp}_{kind}.csv"'
    return Response(
        text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": disposition}
    )
