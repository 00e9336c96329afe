"""Locust's JSON: a list with one object per entry, on stdout or in a file.

Two mistakes of Locust are not copied: printing does not change the statistics, and the file and the
printed list can be asked for together. One key is ours: `num_cancelled`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from locust_like.outputs.files import check_writable, naming, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locust_like.outputs.base import Moment, RunResult
    from locust_like.stats.view import StatsView

_NEVER_S = 3600.0


def as_json(stats: StatsView) -> str:
    """Return the entries as Locust's JSON document."""
    return json.dumps([entry.serialize() for entry in stats.entries.values()], indent=4)


class JsonFile:
    """Writes NAME.json at the end, as Locust's `--json-file NAME` does."""

    period_s = _NEVER_S

    def __init__(self, name: str) -> None:
        """Take the name without its ending."""
        self.path = Path(f"{name}.json")

    def start(self) -> None:
        """Refuse a run whose file could not be written."""
        check_writable(self.path)

    def tick(self, moment: Moment) -> None:
        """Only the final figures are written."""

    def finish(self, result: RunResult) -> Sequence[str]:
        """Write the file."""
        write_whole(self.path, as_json(result.moment.stats) + "\n")
        return (str(self.path),)


class JsonPrinter:
    """Prints the list on a stream at the end, for `--json`."""

    period_s = _NEVER_S

    def __init__(self, stream: TextIO) -> None:
        """Print to `stream`, which is stdout."""
        self._stream = stream

    def start(self) -> None:
        """A stream needs no check."""

    def tick(self, moment: Moment) -> None:
        """Only the final figures are printed."""

    def finish(self, result: RunResult) -> Sequence[str]:
        """Print the list."""
        with naming("stdout"):
            self._stream.write(as_json(result.moment.stats) + "\n")
            self._stream.flush()
        return ()
