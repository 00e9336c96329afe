"""Between the values of the runtime and those of the web interface; the one place that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from locust_like.runtime import commands
from locust_like.web import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locust_like.interfaces import WorkersNow
    from locust_like.runtime.control_values import Annotation, PlanNow, Preview, Status
    from locust_like.stats.health import RunHealth


def status_of(status: Status) -> schemas.RunStatus:
    """Return the state of the run."""
    known = {
        **vars(status),
        "state": cast("schemas.RunState", status.state),
        "classes": dict(status.classes),
        "elapsed_s": round(status.elapsed_s, 3),
        "can_undo_s": round(status.can_undo_s, 1),
    }
    return schemas.RunStatus(**known)


def plan_of(plan: PlanNow) -> schemas.LoadPlan:
    """Return what the next run would be."""
    return schemas.LoadPlan(
        host=plan.host,
        users=plan.users,
        spawn_rate_per_s=plan.spawn_rate_per_s,
        run_time_s=plan.run_time_s,
        classes=[
            schemas.UserClass(**{**vars(row), "tasks": list(row.tasks)}) for row in plan.classes
        ],
        tags=list(plan.tags),
        chosen_tags=list(plan.chosen_tags),
        excluded_tags=list(plan.excluded_tags),
        arguments=[
            schemas.Argument(**{**vars(row), "choices": list(row.choices)})
            for row in plan.arguments
        ],
        shapes=[schemas.LoadShape(row.name, row.reads_load) for row in plan.shapes],
        shape=plan.shape,
    )


def health_of(health: RunHealth, unverified: Iterable[str]) -> schemas.Health:
    """Return what the generator says about itself."""
    return schemas.Health(
        verdict=cast("schemas.Verdict", health.verdict),
        causes=[cause.text for cause in health.causes],
        python_busy=round(health.python_busy, 3),
        io_busy=round(health.io_busy, 3),
        resume_delay_p99_ms=round(health.resume_delay_p99_ms, 3),
        unverified=list(unverified),
    )


def workers_of(workers: WorkersNow | None, wall_s: float) -> schemas.Workers:
    """Return the workers, none where the users are in the process itself."""
    if workers is None:
        return schemas.Workers(wall_s, [], is_degraded=False)
    rows = [
        schemas.Worker(**{name: getattr(row, name) for name in schemas.Worker.__struct_fields__})
        for row in workers.rows
    ]
    return schemas.Workers(wall_s, rows, workers.is_degraded)


def workers_count_of(workers: WorkersNow | None) -> schemas.WorkersCount | None:
    """Return how many workers there are."""
    if workers is None:
        return None
    troubled = [
        row
        for row in workers.rows
        if row.is_here and (row.state in ("busy", "stuck") or row.verdict != "OK")
    ]
    return schemas.WorkersCount(
        here=workers.here,
        known=len(workers.rows),
        troubled=len(troubled),
        is_degraded=workers.is_degraded,
        unaccounted_estimate=workers.unaccounted_estimate,
    )


def staff_of(index: int, body: schemas.StaffWorker) -> commands.Staff:
    """Return the command that a body means."""
    return commands.Staff(index, body.kind)


def annotations_of(notes: Iterable[Annotation]) -> list[schemas.Annotation]:
    """Return annotations."""
    return [schemas.Annotation(**vars(note)) for note in notes]


def preview_of(preview: Preview) -> schemas.LoadPreview:
    """Return what a change would do."""
    return schemas.LoadPreview(**{**vars(preview), "classes": dict(preview.classes)})


def start_of(body: schemas.StartRun) -> commands.Start:
    """Return the command that a body means."""
    return commands.Start(
        users=body.users,
        spawn_rate_per_s=body.spawn_rate_per_s,
        host=body.host,
        run_time_s=body.run_time_s,
        classes=_changes(body.classes),
        tags=None if body.tags is None else tuple(body.tags),
        exclude_tags=None if body.exclude_tags is None else tuple(body.exclude_tags),
        arguments=body.arguments,
        shape=body.shape,
        based_on=body.based_on,
    )


def edit_of(body: schemas.EditLoad) -> commands.Edit:
    """Return the command that a body means."""
    return commands.Edit(
        users=body.users,
        spawn_rate_per_s=body.spawn_rate_per_s,
        classes=_changes(body.classes),
        based_on=body.based_on,
    )


def _changes(rows: Sequence[schemas.ClassChange]) -> tuple[commands.ClassChange, ...]:
    return tuple(
        commands.ClassChange(row.name, row.enabled, row.weight, row.fixed_count, row.host)
        for row in rows
    )
