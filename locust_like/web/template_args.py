"""What Locust's page is given by its server, for scripts that read it.

Our page does not need it; a script may, and shows `index.html` with it at a path of its own.

Source: keys and values of Locust's `WebUI.update_template_args`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from locust_like._version import __version__
from locust_like.stats import settings

if TYPE_CHECKING:
    from locust_like.runtime.control_values import ArgumentNow, ControlLike
    from locust_like.runtime.environment import Environment


def template_args(environment: Environment, control: ControlLike) -> dict[str, Any]:
    """Return the arguments as they are now.

    Args:
        environment: whose page it is; it has a runner.
        control: says what the next run would be.
    """
    plan, status = control.plan(), control.status()
    options = environment.parsed_options
    hosts = {environment.host} if environment.host else {cls.host for cls in plan.classes}
    workers = None if environment.runner is None else environment.runner.workers
    shape = environment.shape_class
    reads_load = shape is not None and bool(getattr(shape, "use_common_options", False))
    picks = bool(getattr(options, "class_picker", False))
    known = environment.available_user_classes or {}
    return {
        "locustfile": environment.locustfile,
        "state": status.state,
        "is_distributed": workers is not None,
        "user_count": status.users,
        "version": __version__,
        "host": next(iter(hosts)) or "" if len(hosts) == 1 else "",
        "history": environment.stats.history,
        "override_host_warning": len(hosts) > 1,
        "missing_host_warning": not all(hosts),
        "num_users": plan.users,
        "spawn_rate": plan.spawn_rate_per_s,
        "worker_count": 0 if workers is None else workers.here,
        "hide_common_options": shape is not None and not (picks or reads_load),
        "shape_use_common_options": reads_load,
        "stats_history_enabled": bool(getattr(options, "stats_history_enabled", False)),
        "tasks": "{}",
        "extra_options": {row.name: _option(row) for row in plan.arguments},
        "run_time": plan.run_time_s,
        "show_userclass_picker": picks,
        "available_user_classes": sorted(known) or None,
        "available_shape_classes": ["Default", *sorted(row.name for row in plan.shapes)],
        "available_user_tasks": {row.name: list(row.tasks) for row in plan.classes} or None,
        "users": {name: cls.json() for name, cls in known.items()} or None,
        "percentiles_to_chart": settings.PERCENTILES_TO_CHART,
        "percentiles_to_statistics": settings.PERCENTILES_TO_STATISTICS,
        "is_host_required": False,
        "profile": environment.profile,
    }


def _option(row: ArgumentNow) -> dict[str, Any]:
    return {
        "default_value": row.value,
        "is_secret": row.kind == "secret",
        "is_required": row.required,
        "help_text": row.help,
        "is_multiple": row.kind == "choices",
        "choices": list(row.choices) or None,
    }
