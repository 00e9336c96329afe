"""Some lines that stay at the bottom of a terminal while everything else scrolls above them.

The cursor rests at the end of the last line. Whoever writes, be it a task's `print` or a log line,
first wipes the region, and draws it again below. Rich's own `Live` renders all of it anew for each
line above, which costs milliseconds; here lines that are drawn already are only written again.

No state of the terminal is changed (no other screen, no hidden cursor), so a process that is killed
leaves nothing to repair.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Line(NamedTuple):
    """A line with its escape sequences, and how many columns it takes on the screen."""

    text: str
    width: int


class Region:
    """Draws lines at the bottom of a terminal.

    Args:
        stream: the terminal.
        width: returns its columns now; lines that were drawn wider have been wrapped since.

    Thread: any, because other threads print too.

    Errors: a terminal that has gone is written to no more; `is_broken` tells.
    """

    def __init__(self, stream: TextIO, width: Callable[[], int]) -> None:
        """Draw nothing yet."""
        self.is_broken = False
        self._stream = stream
        self._width = width
        self._lines: Sequence[Line] = ()
        self._begun = ""
        self._lock = threading.RLock()

    def draw(self, lines: Sequence[Line]) -> None:
        """Replace the region by these lines, none wider than the terminal."""
        with self._lock:
            wiped = self._wiped()
            self._lines = lines
            self._write(wiped + self._drawn())

    def above(self, text: str) -> None:
        """Write text above the region; a line that has only begun waits for its end."""
        with self._lock:
            whole, newline, rest = text.rpartition("\n")
            if not newline:
                self._begun += text
                return
            whole, self._begun = self._begun + whole, rest
            self._write(f"{self._wiped()}{whole}\n{self._drawn()}")

    def close(self) -> None:
        """Wipe the region; what was begun above it is written."""
        with self._lock:
            wiped, self._lines = self._wiped(), ()
            begun, self._begun = self._begun, ""
            self._write(f"{wiped}{begun}\n" if begun else wiped)

    def _wiped(self) -> str:
        """Return what moves the cursor to the region's first column and clears all below."""
        if not self._lines:
            return ""
        width = max(self._width(), 1)
        rows = sum(max(1, -(-line.width // width)) for line in self._lines)
        up = f"\x1b[{rows - 1}A" if rows > 1 else ""
        return f"\r{up}\x1b[J"

    def _drawn(self) -> str:
        return "\n".join(line.text for line in self._lines)

    def _write(self, text: str) -> None:
        if self.is_broken or not text:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self.is_broken = True


class Above:
    """Stands for a stream of the process while a region is drawn."""

    def __init__(self, region: Region, stream: TextIO) -> None:
        """Write above `region`; everything else is asked of `stream`."""
        self._region = region
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text above the region."""
        self._region.above(text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write lines above the region."""
        self._region.above("".join(lines))

    def flush(self) -> None:
        """Do nothing: whole lines are written at once."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Redirection:
    """Sends what others write to a region's terminal above it, from `begin` to `end`.

    That are `sys.stderr` and `sys.stdout`, where they are terminals, and handlers of log records
    that hold either of them.
    """

    def __init__(self, region: Region) -> None:
        """Redirect nothing yet."""
        self._region = region
        self._streams: dict[str, tuple[TextIO, Above]] = {}
        self._handlers: list[tuple[logging.StreamHandler[Any], Any, Above]] = []

    def begin(self) -> None:
        """Redirect the streams and handlers that exist now."""
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if name not in self._streams and stream.isatty():
                above = Above(self._region, stream)
                self._streams[name] = (stream, above)
                setattr(sys, name, cast("TextIO", above))
        for handler in _stream_handlers():
            for stream, above in self._streams.values():
                if handler.stream is stream:
                    handler.setStream(cast("Any", above))
                    self._handlers.append((handler, stream, above))
                    break

    def end(self) -> None:
        """Give everything back that nobody else has changed since."""
        for name, (stream, above) in self._streams.items():
            if getattr(sys, name) is above:
                setattr(sys, name, stream)
        for handler, stream, above in self._handlers:
            if handler.stream is above:
                handler.setStream(stream)
        self._streams.clear()
        self._handlers.clear()


def _stream_handlers() -> Iterator[logging.StreamHandler[Any]]:
    loggers = [logging.getLogger(), *logging.getLogger().manager.loggerDict.values()]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):
            if isinstance(handler, logging.StreamHandler):
                yield handler
