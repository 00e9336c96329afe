"""`locust-like ctl`: what the page's buttons do, from a second terminal.

It speaks the interface of docs/web-api.md with the standard library alone, so it starts at once and
shows what a script of one's own would send.
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.streams import tell
from locust_like.cli.verb_parser import VerbParser
from locust_like.errors import RefusedError
from locust_like.plan.units import parse_count, parse_duration, parse_number

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_URL = "http://127.0.0.1:8089"
_TIMEOUT_S = 10.0
_OK = 200
_TOKEN_VARIABLE = "LOCUST_LIKE_WEB_TOKEN"

_ORDERS = {
    "pause": "let users take no new task",
    "resume": "let paused users go on",
    "stop": "stop the run; running tasks are finished",
    "stop-now": "stop the run and cancel what is in flight",
    "reset": "forget all figures",
    "undo": "take the last change of the load back, within 10 s",
}


class _Place(NamedTuple):
    """Where a web UI is, and how to get in."""

    url: str
    token: str
    insecure: bool


def run(argv: Sequence[str]) -> int:
    """Send what the arguments say and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        place = _Place(arguments.url.rstrip("/"), _token(arguments.token_file), arguments.insecure)
        if arguments.verb == "status":
            status = _send(place, "GET", "status", None)
        else:
            status = _send(place, "POST", arguments.verb, _body(arguments))
    except RefusedError as error:
        sys.stderr.write(f"locust-like ctl: {error}\n")
        return ExitCode.FAILED
    return tell(json.dumps(status, indent=2) + "\n" if arguments.json else _sentence(status))


def _parser() -> argparse.ArgumentParser:
    parser = VerbParser(
        prog="locust-like ctl",
        description="Steer a running load test that has a web UI.",
        epilog=f"The token of a web UI that demands one comes from {_TOKEN_VARIABLE} or a file.",
        allow_abbrev=False,
    )
    parser.add_argument("--url", default=DEFAULT_URL, help="of the web UI (default: %(default)s)")
    parser.add_argument("--token-file", metavar="FILE", help="file whose first line is the token")
    parser.add_argument(
        "--insecure", action="store_true", help="do not verify the certificate of an https URL"
    )
    parser.add_argument("--json", action="store_true", help="print the whole state as JSON")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("status", help="print where the run is", allow_abbrev=False)
    for name, text in (
        ("start", "start a run; what is not said is as in the last run"),
        ("edit", "change users, spawn rate or classes of the running load"),
    ):
        verb = verbs.add_parser(name, help=text, allow_abbrev=False)
        _add_load(verb)
        if name == "start":
            verb.add_argument("-H", "--host", help="base URL of the system under test")
            verb.add_argument("-t", "--run-time", type=_of(parse_duration), metavar="TIME")
    for name, text in _ORDERS.items():
        verbs.add_parser(name, help=text, allow_abbrev=False)
    mark = verbs.add_parser("mark", help="write a note into the charts", allow_abbrev=False)
    mark.add_argument("text", nargs="+")
    return parser


def _add_load(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("-u", "--users", type=_of(parse_count), metavar="N")
    verb.add_argument("-r", "--spawn-rate", type=_of(parse_number), metavar="USERS/S")
    verb.add_argument(
        "-c",
        "--class",
        dest="classes",
        action="append",
        default=[],
        type=_class_change,
        metavar="NAME=WEIGHT",
        help="weight of a user class, NAME=off, NAME=on, or NAME=#N for exactly N users",
    )


def _of(parse: Any) -> Any:
    """Return a parser of the option table as argparse wants it."""

    def convert(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def _class_change(text: str) -> dict[str, object]:
    name, equals, value = text.partition("=")
    if not (equals and name):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=WEIGHT, NAME=#N, NAME=on or =off")
    try:
        if value in ("on", "off"):
            return {"name": name, "enabled": value == "on"}
        if value.startswith("#"):
            return {"name": name, "fixed_count": parse_count(value[1:])}
        return {"name": name, "weight": parse_number(value), "fixed_count": 0}
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _token(file: str | None) -> str:
    if file is None:
        return os.environ.get(_TOKEN_VARIABLE, "")
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").split("\n", maxsplit=1)[0]
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"the token file {file} cannot be read: {error}") from error


def _body(arguments: argparse.Namespace) -> dict[str, object]:
    if arguments.verb == "mark":
        return {"text": " ".join(arguments.text)}
    names = {
        "users": "users",
        "spawn_rate": "spawn_rate_per_s",
        "host": "host",
        "run_time": "run_time_s",
        "classes": "classes",
    }
    given = vars(arguments)
    return {key: given[name] for name, key in names.items() if given.get(name) not in (None, [])}


def _send(place: _Place, method: str, verb: str, body: dict[str, object] | None) -> dict[str, Any]:
    """Return the state that the web UI answers with.

    Raises: RefusedError.
    """
    parts = urlsplit(place.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RefusedError(f"--url {place.url!r} must be like {DEFAULT_URL}")
    headers = {"Content-Type": "application/json"}
    if place.token:
        headers["Authorization"] = f"Bearer {place.token}"
    connection = _connection(place, parts.scheme, parts.hostname, parts.port)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, f"{parts.path}/api/v1/{verb}", data, headers)
        reply = connection.getresponse()
        answer = json.loads(reply.read())
    except OSError as error:
        raise RefusedError(
            f"no web UI answers at {place.url}: {error.strerror or error}; is the run going on "
            "without --headless, and is --url right?"
        ) from error
    except (HTTPException, ValueError) as error:
        raise RefusedError(f"what answers at {place.url} is no locust_like web UI") from error
    finally:
        connection.close()
    if reply.status != _OK or not isinstance(answer, dict):
        raise RefusedError(_problem(reply.status, answer))
    return answer


def _connection(place: _Place, scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(host, port, timeout=_TIMEOUT_S)
    context = ssl.create_default_context()
    if place.insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=context)


def _problem(status: int, answer: object) -> str:
    if not isinstance(answer, dict) or "problem" not in answer:
        return f"refused with status {status}"
    text = str(answer["problem"])
    if answer.get("accepted"):
        text += f" (accepted: {answer['accepted']})"
    return text


def _sentence(status: dict[str, Any]) -> str:
    users, target = status["users"], status["target_users"]
    text = f"run {status['run']}: {status['state']}, {users:,} users"
    if target != users:
        text += f" (target {target:,})"
    if status["start_wall_s"] is not None:
        text += f", {status['elapsed_s']:.0f} s"
        if status["run_time_s"]:
            text += f" of {status['run_time_s']:.0f} s"
    return text + (f", {status['ending']}" if status["ending"] else "") + "\n"
