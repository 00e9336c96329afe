"""The core's read-only values, for layers that read them and must not reach into the core."""

from locust_like._core import (
    Capture,
    CapturedMessage,
    EntryStats,
    ErrorStats,
    Snapshot,
    TimelinePoint,
)

__all__ = [
    "Capture",
    "CapturedMessage",
    "EntryStats",
    "ErrorStats",
    "Snapshot",
    "TimelinePoint",
]
