"""Names that scripts import from Locust and that steer nothing here.

They exist so that the import works and a comparison is false or a number can be read. What takes
their place is told in `docs/migration-from-locust.md`.

Source: the names and values are Locust's.
"""

CONNECT_RETRY_COUNT = 60
CONNECT_TIMEOUT = 5
CPU_MONITOR_INTERVAL = 10.0
CPU_WARNING_THRESHOLD = 90
FALLBACK_INTERVAL = 5
HEARTBEAT_DEAD_INTERNAL = -60
HEARTBEAT_INTERVAL = 1
HEARTBEAT_LIVENESS = 3
MASTER_HEARTBEAT_TIMEOUT = 60
WORKER_LOG_REPORT_INTERVAL = 10
WORKER_REPORT_INTERVAL = 3.0
"""The core's links have intervals of their own."""

HOST_IS_REQUIRED = False
"""Whether the page demands a host; ours asks where a user class needs one."""


def setup_distributed_stats_event_listeners(events: object, stats: object) -> None:
    """Do nothing: the core sends and merges the figures of workers already."""


class _RenamedMeta(type):
    """Refuses to be inherited from."""

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, object]) -> type:
        if not bases:
            return super().__new__(cls, name, bases, members)
        raise ImportError(vars(bases[0])["renamed"])


class Locust(metaclass=_RenamedMeta):
    """The name of `User` before Locust 1.0."""

    renamed = (
        "The Locust class has been renamed to User in version 1.0. "
        "For more info see: https://docs.locust.io/en/latest/changelog.html#changelog-1-0"
    )


class HttpLocust(metaclass=_RenamedMeta):
    """The name of `HttpUser` before Locust 1.0."""

    renamed = (
        "The HttpLocust class has been renamed to HttpUser in version 1.0. "
        "For more info see: https://docs.locust.io/en/latest/changelog.html#changelog-1-0"
    )


class FastHttpLocust(metaclass=_RenamedMeta):
    """The name of `FastHttpUser` before Locust 1.0."""

    renamed = (
        "The FastHttpLocust class has been renamed to FastHttpUser in version 1.0. "
        "For more info see: https://docs.locust.io/en/latest/changelog.html#changelog-1-0"
    )
