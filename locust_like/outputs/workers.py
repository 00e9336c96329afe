"""The workers of a run in words: who is here, who was lost, and what that means for the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locust_like.outputs.numbers import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locust_like.interfaces import WorkerNow, WorkersNow

_MOST_NAMED = 2


def workers_text(workers: WorkersNow) -> str:
    """Return all workers in one line, for example `workers 3, 1 lost, degraded, busy: host_17`."""
    parts = [f"workers {count(workers.here)}"]
    if workers.lost:
        parts.append(f"{count(len(workers.lost))} lost")
    if workers.is_degraded:
        parts.append("degraded")
    for state in ("stuck", "busy", "loading"):
        parts += _named(state, [_place(row) for row in workers.rows if row.state == state])
    others = [row.name for row in workers.rows if row.is_here and row.has_other_locustfile]
    parts += _named("other locustfile", others)
    return ", ".join(parts)


def _named(what: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    hidden = len(names) - _MOST_NAMED
    more = f" and {count(hidden)} more" if hidden > 0 else ""
    return [f"{what}: {', '.join(names[:_MOST_NAMED])}{more}"]


def _place(row: WorkerNow) -> str:
    return f"{row.name} ({row.blocking})" if row.blocking else row.name


def workers_summary(workers: WorkersNow) -> list[str]:
    """Return what has to be said of the workers when the run is over."""
    lost = workers.lost if workers.is_degraded else ()
    head = f"Workers: {count(len(workers.rows))}"
    if workers.is_degraded:
        head += f", {count(len(lost))} lost" if lost else ""
        head += "; the run is degraded"
    return [
        head,
        *(f"  {row.name} lost: {row.reason}" for row in lost),
        *(
            _unaccounted(row)
            for row in workers.rows
            if row.unaccounted_requests or (row in lost and row.unaccounted_s)
        ),
        *(
            f"  {row.name} had another locustfile than the master"
            for row in workers.rows
            if row.has_other_locustfile
        ),
    ]


def _unaccounted(row: WorkerNow) -> str:
    least, most = row.unaccounted_requests, row.unaccounted_estimate
    known = f"between {count(least)} and about {count(most)}"
    if least >= most:  # it was lost before it had a rate
        known = f"at least {count(least)}"
    return (
        f"Unaccounted: what {row.name} finished in its last {row.unaccounted_s:.1f} s, "
        f"{known} requests"
    )
