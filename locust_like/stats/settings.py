"""Settings of the statistics that scripts change by assigning to them.

Whoever needs one looks it up here when it is used, so that an assignment in a locustfile, also one
to `locust.stats`, takes effect.

Source: the names and values are Locust's.
"""

PERCENTILES_TO_REPORT = [0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0]
"""Shares in CSV files and in Locust's tables."""
PERCENTILES_TO_STATISTICS = [0.95, 0.99]
"""Shares in the rows of /stats/requests."""
PERCENTILES_TO_CHART = [0.5, 0.95]
"""Shares of the last ten seconds in /stats/requests and in `RequestStats.history`."""

STATS_NAME_WIDTH = 80
"""Characters of the names in Locust's tables."""
STATS_TYPE_WIDTH = 8
"""Characters of the request types there."""


def get_readable_percentiles(percentile_list: list[float]) -> list[str]:
    """Return shares as titles, for example 0.999 as `99.9%`."""
    return [f"{round(100 * share, 6):.12g}%" for share in percentile_list]
