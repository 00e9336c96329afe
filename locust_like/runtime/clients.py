"""The workers as Locust's scripts know them: `runner.clients`.

Source: Locust's WorkerNodes and WorkerNode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from locust_like.runtime.state import LOADING, MISSING, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locust_like.interfaces import WorkersNow


@dataclass(frozen=True)
class WorkerNode:
    """One worker.

    Attributes:
        state: as in `interfaces.WorkerNow`.
        heartbeat_liveness: Locust's count of heartbeats that may be missing; ours goes by time.
        cpu_usage: percent of one core.
        memory_usage: bytes.
        user_classes_count: its users by class.
    """

    id: str
    state: str = State.READY
    heartbeat_liveness: int = 3
    user_count: int = 0
    cpu_usage: float = 0.0
    memory_usage: int = 0
    user_classes_count: Mapping[str, int] = field(default_factory=dict)


class Clients(Mapping[str, WorkerNode]):
    """The workers by their names, as they were when this was made; who still loads is not there."""

    def __init__(self, workers: WorkersNow) -> None:
        """Take the workers as they are."""
        self._nodes = {
            row.name: WorkerNode(
                row.name,
                row.state,
                user_count=row.users,
                cpu_usage=row.cpu_share * 100,
                memory_usage=row.memory_bytes,
                user_classes_count=row.user_classes_count,
            )
            for row in workers.rows
            if row.state != LOADING
        }

    def __getitem__(self, name: str) -> WorkerNode:
        return self._nodes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    @property
    def all(self) -> Sequence[WorkerNode]:
        """All of them."""
        return list(self._nodes.values())

    @property
    def ready(self) -> Sequence[WorkerNode]:
        """Those that run nothing."""
        return self._in(State.READY, State.STOPPED)

    @property
    def spawning(self) -> Sequence[WorkerNode]:
        """Those on their way to their users."""
        return self._in(State.SPAWNING)

    @property
    def running(self) -> Sequence[WorkerNode]:
        """Those that have them."""
        return self._in(State.RUNNING)

    @property
    def missing(self) -> Sequence[WorkerNode]:
        """Those that were lost."""
        return self._in(MISSING)

    def get_by_state(self, state: str) -> Sequence[WorkerNode]:
        """Return those in a state."""
        return self._in(state)

    def _in(self, *states: str) -> Sequence[WorkerNode]:
        return [node for node in self._nodes.values() if node.state in states]
