"""The option table: each option is told here once.

The command line, the environment, help and documentation are all made from these rows. A row knows
how its text becomes a value and which values make sense; where the text came from is the business
of `plan/sources.py`. Rows are named tuples, because importing `dataclasses` alone would take a
fifth of the time that `--help` may take.

If you add an option here, also give `RunPlan` the field that carries it, or let the output that
needs it read it from `RunPlan.settings`.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from locust_like.plan.units import parse_count, parse_duration, parse_number, parse_switch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Value = str | int | float | bool | tuple[str, ...] | None

_HELP_WIDTH = 100
_MAX_USERS = 10_000_000
_MAX_RATE_PER_S = 1_000_000
_MAX_DURATION_S = 366 * 24 * 3600
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Kind(NamedTuple):
    """How a text becomes a value."""

    parse: Callable[[str], Value]
    unit: str = ""


SWITCH = Kind(parse_switch)
TEXT = Kind(str)
WORDS = Kind(lambda text: tuple(text.replace(",", " ").split()))
COUNT = Kind(parse_count)
RATE = Kind(parse_number, unit="users/s")
DURATION = Kind(parse_duration, unit="s")


class Option(NamedTuple):
    """One row of the table.

    `minimum` and `maximum` bound numbers, both inclusive; `choices` bound texts and make them upper
    case. `env` is empty for options that make no sense in an environment.
    """

    name: str
    flags: tuple[str, ...]
    kind: Kind
    group: str
    help: str
    default: Value = None
    metavar: str = ""
    env: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    def parse(self, text: str) -> Value:
        """Return the checked value of a text.

        Raises: ValueError with one sentence that names what is accepted.
        """
        if self.choices:
            if text.upper() not in self.choices:
                raise ValueError(f"{text!r} is none of {', '.join(self.choices)}.")
            return text.upper()
        value = self.kind.parse(text)
        if isinstance(value, int | float):
            self._check_range(text, value)
        return value

    def _check_range(self, text: str, value: float) -> None:
        unit = f" {self.kind.unit}" if self.kind.unit else ""
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{text!r} is too small: at least {self.minimum:,g}{unit}.")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{text!r} is too large: at most {self.maximum:,.0f}{unit}.")


_COMMON, _TAGS, _STATS = "Common options", "Tag options", "Request statistics options"
_LOGGING, _OTHER = "Logging options", "Other options"

USER_CLASSES = Option(
    "user_classes", (), WORDS, "", "User classes to run; all of the locustfile when none is named.",
    (), "UserClass", "LOCUST_USER_CLASSES",
)  # fmt: skip

OPTIONS: tuple[Option, ...] = (
    Option(
        "locustfile", ("-f", "--locustfile"), TEXT, _COMMON,
        "Python file with User classes, or several, comma-separated.",
        "locustfile.py", "<filename>", "LOCUST_LOCUSTFILE",
    ),
    Option(
        "host", ("-H", "--host"), TEXT, _COMMON,
        "Base URL of the system under test, for example http://10.21.32.33.",
        None, "<base url>", "LOCUST_HOST",
    ),
    Option(
        "num_users", ("-u", "--users"), COUNT, _COMMON, "Peak number of concurrent users.",
        1, "<int>", "LOCUST_USERS", minimum=0, maximum=_MAX_USERS,
    ),
    Option(
        "spawn_rate", ("-r", "--spawn-rate"), RATE, _COMMON, "Users to start per second.",
        1.0, "<float>", "LOCUST_SPAWN_RATE", minimum=0.001, maximum=_MAX_RATE_PER_S,
    ),
    Option(
        "run_time", ("-t", "--run-time"), DURATION, _COMMON,
        "Stop after this time, for example 300s, 20m, 3h, 1h30m; without it the run goes on.",
        None, "<time>", "LOCUST_RUN_TIME", minimum=0.1, maximum=_MAX_DURATION_S,
    ),
    Option(
        "list_commands", ("-l", "--list"), SWITCH, _COMMON,
        "List the User classes and exit.", False,
    ),
    Option(
        "headless", ("--headless",), SWITCH, _COMMON,
        "Start the load at once, without the web UI.", False, env="LOCUST_HEADLESS",
    ),
    Option(
        "tags", ("-T", "--tags"), WORDS, _TAGS, "Run only tasks with any of these tags.",
        (), "TAG", "LOCUST_TAGS",
    ),
    Option(
        "exclude_tags", ("-E", "--exclude-tags"), WORDS, _TAGS,
        "Leave out tasks with any of these tags.", (), "TAG", "LOCUST_EXCLUDE_TAGS",
    ),
    Option(
        "csv_prefix", ("--csv",), TEXT, _STATS,
        "Write the statistics to PREFIX_stats.csv, PREFIX_stats_history.csv, PREFIX_failures.csv "
        "and PREFIX_exceptions.csv.", None, "PREFIX", "LOCUST_CSV",
    ),
    Option(
        "only_summary", ("--only-summary",), SWITCH, _STATS,
        "Print only the summary at the end, no lines during the run.", False,
        env="LOCUST_ONLY_SUMMARY",
    ),
    Option(
        "json", ("--json",), SWITCH, _STATS,
        "Print the final statistics as JSON on stdout, and nothing else there.", False,
    ),
    Option(
        "json_file", ("--json-file",), TEXT, _STATS,
        "Write the final statistics as JSON to NAME.json.", None, "NAME",
    ),
    Option(
        "loglevel", ("-L", "--loglevel"), TEXT, _LOGGING,
        f"One of {', '.join(_LOG_LEVELS)}.", "INFO", "LEVEL", "LOCUST_LOGLEVEL",
        choices=_LOG_LEVELS,
    ),
    Option(
        "logfile", ("--logfile",), TEXT, _LOGGING, "Write the log to this file, not to stderr.",
        None, "<filename>", "LOCUST_LOGFILE",
    ),
    Option(
        "exit_code_on_error", ("--exit-code-on-error",), COUNT, _OTHER,
        "Exit code of a run in which any request failed or any task raised.",
        1, "<int>", "LOCUST_EXIT_CODE_ON_ERROR", minimum=0, maximum=255,
    ),
    Option(
        "stop_timeout", ("-s", "--stop-timeout"), DURATION, _OTHER,
        "How long a stopped user may finish its task, for example 30s.",
        0.0, "<time>", "LOCUST_STOP_TIMEOUT", minimum=0, maximum=_MAX_DURATION_S,
    ),
    Option(
        "no_replace", ("--no-replace",), SWITCH, _OTHER,
        "Do not replace users that die of an exception, as in Locust.", False,
        env="LOCUST_NO_REPLACE",
    ),
)  # fmt: skip

UNAVAILABLE = frozenset({
    "--master", "--worker", "--processes", "--master-bind-host", "--master-bind-port",
    "--master-host", "--master-port", "--expect-workers", "--expect-workers-max-wait",
    "--enable-rebalancing", "--web-host", "--web-port", "-P", "--web-base-path", "--web-login",
    "--tls-cert", "--tls-key", "--class-picker", "--autostart", "--autoquit", "--config",
    "--config-users", "--csv-full-history", "--print-stats", "--reset-stats", "--html",
    "--skip-log-setup", "--show-task-ratio", "--show-task-ratio-json", "--equal-weights",
    "--profile", "--otel", "--iterations",
})  # fmt: skip
"""Options of Locust, or announced by us, whose parts do not exist in this version."""


class Parser(argparse.ArgumentParser):
    """argparse with our table, one-sentence errors and suggestions for misspelt options."""

    def error(self, message: str) -> NoReturn:
        """Print one sentence on stderr and exit with 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")

    def format_help(self) -> str:
        """Return the help, which starts with a capital as Locust's does."""
        return super().format_help().replace("usage:", "Usage:", 1)

    def refuse(self, token: str) -> NoReturn:
        """Exit because of an argument that nobody knows, naming the nearest known one."""
        flag = token.split("=", 1)[0]
        if flag in UNAVAILABLE:
            self.error(f"{flag} is not available in this version.")
        from difflib import get_close_matches

        known = [known_flag for option in OPTIONS for known_flag in option.flags]
        near = get_close_matches(flag, [*known, "--help", "--version"], n=1)
        hint = f" Did you mean {near[0]}?" if near else " See --help."
        self.error(f"unknown option {flag}.{hint}")


class _ShowVersion(argparse.Action):
    """Print the version in one line; argparse's own action breaks lines at long paths."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        sys.stdout.write(f"{self.const}\n")
        parser.exit()


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Lay help out for the terminal; argparse would import shutil, and codecs, for its width."""
    try:
        width = os.get_terminal_size().columns
    except OSError:
        width = _HELP_WIDTH
    return argparse.HelpFormatter(prog, width=max(min(width, _HELP_WIDTH) - 2, 40))


def make_parser(version: str) -> Parser:
    """Return a parser whose result holds only what was given, keyed by option name."""
    parser = Parser(
        prog="locust-like",
        usage="locust-like [options] [UserClass ...]",
        description="Run a load test written as Locust user classes.",
        epilog="Other commands: locust-like target --help (a server to try things on).",
        argument_default=argparse.SUPPRESS,
        formatter_class=_formatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument(
        "user_classes", nargs="*", metavar=USER_CLASSES.metavar, help=USER_CLASSES.help
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in OPTIONS:
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        _add(groups[option.group], option)
    groups[_OTHER].add_argument("-h", "--help", action="help", help="Show this help and exit.")
    groups[_OTHER].add_argument(
        "-V",
        "--version",
        action=_ShowVersion,
        nargs=0,
        const=version,
        help="Show the version and exit.",
    )
    return parser


def _add(group: argparse._ArgumentGroup, option: Option) -> None:
    default = "" if option.default in {None, False, ()} else f" Default: {option.default}."
    text = (option.help + default).replace("%", "%%")
    if option.kind is SWITCH:
        group.add_argument(*option.flags, dest=option.name, action="store_true", help=text)
        return
    group.add_argument(
        *option.flags,
        dest=option.name,
        metavar=option.metavar,
        nargs="*" if option.kind is WORDS else None,
        type=_argument_type(option),
        help=text,
    )


def _argument_type(option: Option) -> Callable[[str], Value]:
    def convert(text: str) -> Value:
        try:
            return text if option.kind is WORDS else option.parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def parse_command_line(argv: Sequence[str], version: str) -> dict[str, Value]:
    """Return the options that the command line gives; exits for --help, --version and wrong use."""
    parser = make_parser(version)
    given, unknown = parser.parse_known_args(argv)
    classes = list(given.user_classes) if hasattr(given, "user_classes") else []
    for token in unknown:
        # A class name behind an option that ended the first group of positionals.
        if token.startswith("-"):
            parser.refuse(token)
        classes.append(token)
    values = {name: _frozen(value) for name, value in vars(given).items()}
    if classes:
        values["user_classes"] = tuple(classes)
    else:
        values.pop("user_classes", None)
    return values


def _frozen(value: Value | list[str]) -> Value:
    return tuple(value) if isinstance(value, list) else value
