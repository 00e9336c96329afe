"""The core's read-only values, for layers that read them and must not reach into the core."""

from locust_like._core import EntryStats, ErrorStats, Snapshot, TimelinePoint

__all__ = ["EntryStats", "ErrorStats", "Snapshot", "TimelinePoint"]
