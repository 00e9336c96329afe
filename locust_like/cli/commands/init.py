"""`locust-like init [NAME]`: a commented locustfile to start from.

The templates are whole locustfiles in `locust_like/templates`; a file is copied as it stands, so
what the tests run is what users get.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from typing import TYPE_CHECKING

import locust_like
from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.verb_parser import VerbParser

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATES = {
    "basic": "-u 10 -r 2 -t 30s",
    "api-with-login": "-u 10 -r 2 -t 30s",
    "stages": "",
    "soak": "-u 100 -r 5 -t 8h --csv soak",
}
"""The templates, and the options that suit them."""

_FOLDER = os.path.join(os.path.dirname(locust_like.__file__), "templates")


def run(argv: Sequence[str]) -> int:
    """Write the file and print the next command to type."""
    options = _parse(argv)
    path = options.name if options.name.endswith(".py") else f"{options.name}.py"
    try:
        with open(os.path.join(_FOLDER, f"{options.template}.py"), encoding="utf-8") as template:
            text = template.read()
        with open(path, "w" if options.force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return _refuse(f"{path} exists already; give another name, or --force to replace it.")
    except FileNotFoundError:
        return _refuse(f"cannot write {path}: there is no folder {os.path.dirname(path)}.")
    except OSError as error:
        return _refuse(f"cannot write {path}: {error.strerror}.")
    sys.stdout.write(_next_steps(path, TEMPLATES[options.template]))
    return ExitCode.OK


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = VerbParser(
        prog="locust-like init",
        description="Write a commented locustfile to start from.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "name", nargs="?", default="locustfile.py", metavar="NAME", help="Default: locustfile.py."
    )
    parser.add_argument(
        "--template",
        choices=list(TEMPLATES),
        default="basic",
        help="What to start from. Default: basic.",
    )
    parser.add_argument("--force", action="store_true", help="Replace a file that exists.")
    options = parser.parse_args(argv)
    if not options.name:
        parser.error("NAME is empty; give the name of the file to write.")
    return options


def _refuse(message: str) -> int:
    sys.stderr.write(f"locust-like init: error: {message}\n")
    return ExitCode.FAILED


def _next_steps(path: str, load: str) -> str:
    name = shlex.quote(path)
    file = "" if path == "locustfile.py" else f" -f {name}"
    return (
        f"Wrote {path}. It talks to http://127.0.0.1:8080, which `locust-like target` serves.\n"
        f"Look at each request once:  locust-like debug {name}\n"
        f"Then run it:                locust-like{file} --headless {load}".rstrip()
        + "\n"
    )
