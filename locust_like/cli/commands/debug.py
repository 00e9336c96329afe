"""`locust-like debug FILE[::Class] [options]`: one user, each task once, every call shown.

It works under a debugger: nothing has a time limit, no signal is caught, and `breakpoint()` in a
task gives the usual prompt. The user runs in the main greenlet of the main thread.
"""

from __future__ import annotations

import os
import sys
import textwrap
import traceback
from bdb import BdbQuit
from typing import TYPE_CHECKING, Any, TextIO

import locust_like
from locust_like._version import __version__
from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.patching import patch_and_alias
from locust_like.errors import LocustError, SourceError
from locust_like.outputs.captures import CAME, SENT, exchange_lines, waterfall
from locust_like.outputs.numbers import count, milliseconds, one_line, shorten
from locust_like.outputs.terminal import wants_colour
from locust_like.plan.combinations import script_variables
from locust_like.plan.parser import make_parser
from locust_like.plan.reading import read_settings
from locust_like.plan.sources import DEFAULT
from locust_like.stats.masking import masked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from locust_like.plan.sources import Settings
    from locust_like.stats.core_types import Capture
    from locust_like.users.user import User

USAGE = """Usage: locust-like debug FILE[::UserClass] [options]

Run one user of the class, or of each class in turn: on_start, each task once in order, on_stop.
Each call is printed with status, size and time, as it was sent and answered (secrets as ***), and
where its time went; --http-debug=full prints the beginning of the bodies, too. The exit code is 1
when anything failed. It works under a debugger, and breakpoint() in a task stops there.

Options are those of a run, for example -H URL, --tags, -L DEBUG; see locust-like --help.
"""

_WIDTH = 80
_NAME_CELLS = 37
_PACKAGE = os.path.dirname(locust_like.__file__)
_INDENT = " " * 8
_CYAN, _GREEN, _RED = "36", "32", "31"
_STYLES = {SENT: _CYAN, CAME: _GREEN}


def run(argv: Sequence[str]) -> int:
    """Debug what the command line names and return the exit code."""
    if not argv or argv[0] in ("-h", "--help"):
        (sys.stdout if argv else sys.stderr).write(USAGE)
        return ExitCode.OK if argv else ExitCode.WRONG_USE
    if argv[0].startswith("-"):
        return _refuse(
            f"name the locustfile first: locust-like debug FILE {argv[0]} ...", ExitCode.WRONG_USE
        )
    file, _, class_name = argv[0].partition("::")
    rest = [*argv[1:], *([class_name] if class_name else [])]
    try:
        parser = make_parser(lambda: f"locust-like {__version__}")
        reading = read_settings(parser, [*rest, "--headless", "-f", file], dict(os.environ))
        if reading.asks_for_help:
            sys.stdout.write(USAGE)
            return ExitCode.OK
        return _debug(reading.settings)
    except SourceError as error:
        return _refuse(str(error), ExitCode.WRONG_USE)
    except LocustError as error:
        return _refuse(str(error), ExitCode.FAILED)


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"locust-like debug: error: {message}\n")
    return code


def _debug(settings: Settings) -> int:
    os.environ.update(script_variables(settings))
    from locust_like.compat.scripts import debugger_needs_its_threads

    if debugger_needs_its_threads():
        from locust_like import compat

        compat.install()
    else:
        patch_and_alias()
    from locust_like import events
    from locust_like.cli import logs
    from locust_like.cli.targets import recorder_of
    from locust_like.plan.plan import make_plan
    from locust_like.runtime.environment import Environment
    from locust_like.runtime.one_pass import OnePass

    level = settings.text("loglevel") or "INFO"
    logs.configure("WARNING" if settings.origin("loglevel") == DEFAULT else level, None)
    hook = events.init_command_line_parser
    plan = make_plan(settings, lambda parser: hook.fire(parser=parser))
    classes = [cls for cls in plan.user_classes if cls.weight or cls.fixed_count]
    environment = Environment(
        user_classes=classes,
        events=events,
        host=plan.host,
        tags=list(plan.tags) or None,
        exclude_tags=list(plan.exclude_tags) or None,
        locustfile=",".join(path.name for path in plan.locustfiles),
        parsed_options=plan.settings.namespace(),
        recorder=recorder_of(plan.settings),
    )
    printer = Printer(
        sys.stdout,
        full=settings.text("http_debug") == "FULL",
        colour=wants_colour(sys.stdout, no_color=settings.on("no_color")),
    )
    events.request.add_listener(printer.request)
    events.init.fire(environment=environment, runner=None, web_ui=None)
    events.test_start.fire(environment=environment)
    one_pass = OnePass(environment, printer)
    try:
        for cls in classes:
            printer.user(cls, plan.host)
            one_pass.run(cls)
    except (BdbQuit, KeyboardInterrupt):
        printer.note("stopped by you")
        return ExitCode.FAILED
    events.test_stop.fire(environment=environment)
    printer.end()
    failed = printer.failures or printer.exceptions or events.listener_failures
    return ExitCode.FAILED if failed else ExitCode.OK


class Printer:
    """Prints what a user does, at once, in 80 columns; bodies as wide as they are.

    Args:
        stream: where to.
        full: the beginnings of bodies, too.
        colour: the stream shows colours.

    Attributes:
        calls: requests so far.
        failures: those of them that failed.
        exceptions: exceptions of the user's code so far.
    """

    def __init__(self, stream: TextIO, *, full: bool = False, colour: bool = False) -> None:
        self.calls = self.failures = self.exceptions = 0
        self._stream = stream
        self._full = full
        self._colour = colour
        can_draw = (stream.encoding or "").lower().replace("-", "") == "utf8"
        self._bar = "█" if can_draw else "#"

    def user(self, cls: type[User], host: str | None) -> None:
        """Begin with a user class."""
        self._line(f"{cls.__name__}  {host or cls.host or '(no host)'}")

    def step(self, name: str, depth: int) -> None:
        """Print a hook, task or task set that begins."""
        self._line(f"{'  ' * (depth + 1)}{name}")

    def note(self, text: str) -> None:
        """Print how the user's code has steered."""
        self._wrap(text, "      note: ")

    def exception(self, error: BaseException) -> None:
        """Print an exception of the user's code with its traceback."""
        self.exceptions += 1
        text = "".join(traceback.format_exception(type(error), error, _own_frames(error)))
        self._stream.write(textwrap.indent(text, "      "))
        self._stream.flush()

    def request(
        self,
        *,
        request_type: str,
        name: str,
        response_time: float | None = None,
        response_length: int | None = None,
        exception: BaseException | str | None = None,
        response: Any = None,
        **_payload: object,
    ) -> None:
        """Print one call; listens to the request event."""
        self.calls += 1
        status = getattr(response, "status_code", None) or "-"
        size = "-" if response_length is None else f"{count(response_length)} B"
        time = "-" if response_time is None else f"{milliseconds(response_time)} ms"
        label = f"{request_type} {shorten(masked(one_line(name)), _NAME_CELLS)}"
        self._line(f"      {label:<45} {status!s:>5} {size:>11} {time:>10}"[:_WIDTH])
        from locust_like._core import Response  # not before everything is patched

        if isinstance(response, Response):
            self._exchange(response.capture())
        if exception:
            self.failures += 1
            text = str(exception) or repr(exception)
            self._wrap(masked(one_line(text)), "      FAILED: ", _RED)

    def _exchange(self, capture: Capture) -> None:
        for line in exchange_lines(capture, full=self._full):
            text = line if self._full else shorten(line, _WIDTH - len(_INDENT))
            self._line(f"{_INDENT}{text}", _STYLES[line[0]])
        for line in waterfall(capture.phases_ms, self._bar):
            self._line(f"{_INDENT}{line}")

    def end(self) -> None:
        """Print the counts."""
        self._line(
            f"Calls: {count(self.calls)}, failed: {count(self.failures)}, "
            f"exceptions: {count(self.exceptions)}."
        )

    def _line(self, text: str, style: str = "") -> None:
        text = text.rstrip()
        if style and self._colour:
            text = f"\x1b[{style}m{text}\x1b[0m"
        # At once, because the next thing may be a debugger's prompt.
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def _wrap(self, text: str, prefix: str, style: str = "") -> None:
        indent = " " * len(prefix)
        for line in textwrap.wrap(text, _WIDTH, initial_indent=prefix, subsequent_indent=indent):
            self._line(line, style)


def _own_frames(error: BaseException) -> TracebackType | None:
    """Return the traceback from the first frame of the user's own code on, else the whole."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(_PACKAGE):
        frames = frames.tb_next
    return frames or error.__traceback__
