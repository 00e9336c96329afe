"""Settings of `locust.stats` that only the functions of that module have.

Source: the names and values are Locust's.
"""

CONSOLE_STATS_INTERVAL_SEC = 2
"""How often `stats_printer` prints."""
HISTORY_STATS_INTERVAL_SEC = 5
"""How often `stats_history` notes."""
CSV_STATS_INTERVAL_SEC = 1
"""How often `StatsCSVFileWriter` adds to the history."""
CSV_STATS_FLUSH_INTERVAL_SEC = 5
"""How often it replaces the other files, in Locust how often it flushes them."""
CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW = 10
"""Seconds of the current percentiles; for reading, the core's window does not change."""
STATS_AUTORESIZE = True
"""For scripts that set it; the width does not follow the terminal."""
MOST_CHART_PERCENTILES = 6
