"""Prints what rows of statistics that a script makes itself do; Locust and ours agree."""

# A script of users prints.
# ruff: noqa: T201
# There is no locust for the type checker.
# mypy: disable-error-code="misc"

import logging

import locust.stats
from locust.stats import RequestStats, StatsEntry, StatsError

logging.disable()
FIGURES = (
    "num_requests", "num_none_requests", "num_failures", "min_response_time", "max_response_time",
    "total_content_length", "last_request_timestamp", "fail_ratio", "avg_content_length",
    "median_response_time", "use_response_times_cache", "current_rps", "total_rps", "name",
)  # fmt: skip


def show(title: str, entry: StatsEntry) -> None:
    stamp = entry.last_request_timestamp
    figures = {name: getattr(entry, name) for name in FIGURES}
    print(title, figures | {"last_request_timestamp": stamp is not None})
    print("   times", sorted(entry.response_times.items()), round(entry.avg_response_time, 6))
    seconds = (entry.num_reqs_per_sec, entry.num_fail_per_sec)
    print("   seconds", [sum(one.values()) for one in seconds])
    print("   shares", [entry.get_response_time_percentile(p) for p in (0.5, 0.6, 0.95, 1.0)])


stats = RequestStats()
first = StatsEntry(stats, "/first", "GET", True)
show("new", first)
for time_ms, length in ((45, 1), (135, 2), (44, 3), (None, 4), (375, 5), (601, 6), (35.4, 7)):
    first.log(time_ms, length)
first.log_error(ValueError("x"))
show("logged", first)
print(str(first), first.to_string(current=False), first.percentile(), sep="\n")
print(sorted(first.to_dict()), stats.num_requests, len(stats.entries))

second = StatsEntry(stats, "/second", "POST")
second.log(20, 1)
second.extend(first)
show("extended", second)
empty = StatsEntry(stats, "/empty", "GET")
second.extend(empty)
print("by nothing", second.min_response_time, second.num_requests)
empty.extend(second)
show("from nothing", empty)

data = first.serialize()
print("serialized", sorted(data), data["num_requests"], sorted(data["response_times"].items()))
show("read back", StatsEntry.unserialize(data, stats))
report = first.get_stripped_report()
print("stripped", report["num_requests"])
show("reset", first)
first.num_requests = 7
first.min_response_time = 3
print("assigned", first.num_requests, first.min_response_time)

locust.stats.bucket_response_time = lambda time_ms: 7
first.log(55, 1)
print("own buckets", dict(first.response_times))

kind = StatsError("GET", "/", ValueError("x"), 3, 1.0, 2.0)
print(StatsError.unserialize(kind.serialize()).to_name(), kind.occurrences)
stats.log_request("GET", "/", 5, 1)
print(
    "of a run", isinstance(stats.total, StatsEntry), isinstance(stats.get("/", "GET"), StatsEntry)
)
