"""Options that make sense only together, checked before anything starts."""

from __future__ import annotations

from importlib.util import find_spec
from os.path import abspath
from typing import TYPE_CHECKING

from locust_like.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locust_like.plan.sources import Settings

LISTINGS = ("list_commands", "show_users", "show_task_ratio", "show_task_ratio_json")
"""Switches that print something about the locustfile instead of running it."""


def check_combinations(settings: Settings) -> None:
    """Refuse options that contradict each other or need one that is missing.

    Raises: SourceError with one sentence.
    """
    if settings.row("autoquit").value is not None and not settings.on("autostart"):
        raise SourceError(
            "The --autoquit argument is only meaningful in combination with --autostart."
        )
    if settings.on("csv_full_history") and settings.file_name("csv_prefix") is None:
        raise SourceError("'--csv-full-history' requires '--csv'.")
    script_variables(settings)
    if settings.on("master") and settings.on("worker"):
        raise SourceError("--master and --worker exclude each other; start a process for each.")
    if settings.text("http_client") == "requests" and find_spec("requests") is None:
        raise SourceError(
            "--http-client requests needs the requests library: "
            'pip install "locust_like[requests]".'
        )
    if (settings.text("tls_cert") is None) != (settings.text("tls_key") is None):
        raise SourceError("--tls-cert and --tls-key are needed together.")
    _check_files(settings)


def _check_files(settings: Settings) -> None:
    """Refuse two results in one file, of which the first would be lost."""
    json_name = settings.file_name("json_file")
    named = {
        "--json-file": json_name and f"{json_name}.json",
        "--summary": settings.file_name("summary_file"),
        "--html": settings.file_name("html_file"),
        "--logfile": settings.file_name("logfile"),
    }
    taken: dict[str, str] = {}
    for flag, name in named.items():
        if name and (other := taken.setdefault(abspath(name), flag)) != flag:
            if name.startswith("/dev/"):
                continue
            raise SourceError(f"{other} and {flag} both name {name}; give each a file of its own.")


def script_variables(settings: Settings) -> Mapping[str, str]:
    """Return the variables that -e sets for the locustfile.

    Raises: SourceError for a text that is not NAME=VALUE.
    """
    variables = {}
    for text in settings.words("env_vars"):
        name, equals, value = text.partition("=")
        if not (equals and name.isidentifier()) or "\0" in value:
            raise SourceError(
                f"-e takes NAME=VALUE, and {text!r} is not that; write user classes in front of -e."
            )
        variables[name] = value
    return variables
