"""`locust-like target`: the demo and test server, until Ctrl-C.

The server is native and runs on a thread of its own; this process only waits for a signal.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from typing import TYPE_CHECKING

from locust_like import _core
from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.verb_parser import VerbParser

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEFAULT_PORT = 8080
_MOST_PORT = 65535


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port. Valid: 0 (any) to {_MOST_PORT}.")
    return int(text)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = VerbParser(
        prog="locust-like target",
        description="Serve a small, fast HTTP server on loopback, to try load tests on.",
        epilog="Paths: / /json /bytes/N /delay/MS /status/N /redirect/N /echo /gzip /chunked/N "
        "/stats. Ctrl-C prints the counters.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
    parser.add_argument(
        "--port", type=_port, default=_DEFAULT_PORT, help="Port; 0 = any. Default: 8080."
    )
    parser.add_argument("--tls-port", type=_port, help="Port for HTTPS; needs --cert.")
    parser.add_argument("--cert", default="", metavar="FILE", help="Certificate chain, PEM.")
    parser.add_argument(
        "--key",
        default="",
        metavar="FILE",
        help="Private key, PEM; without it the key is in --cert.",
    )
    parser.add_argument(
        "--print-port", action="store_true", help="Print only the port, for scripts."
    )
    options = parser.parse_args(argv)
    if options.tls_port is not None and not options.cert:
        parser.error("--tls-port needs --cert.")
    return options


def run(argv: Sequence[str]) -> int:
    """Serve until SIGINT or SIGTERM, then print the counters as JSON on stdout."""
    options = _parse(argv)
    endings = {signal.SIGINT, signal.SIGTERM}
    # Blocked before the server's thread exists, so that only sigwait below ever takes them.
    signal.pthread_sigmask(signal.SIG_BLOCK, endings)
    try:
        server = _core.Target(
            options.host, options.port, options.tls_port, options.cert, options.key
        )
    except (OSError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"locust-like target: error: {error}\n")
        return ExitCode.FAILED
    sys.stdout.write(f"{server.port}\n" if options.print_port else _greeting(options, server))
    sys.stdout.flush()
    signal.sigwait(endings)
    counters = server.counters()
    server.stop()
    sys.stdout.write(json.dumps(counters) + "\n")
    return ExitCode.OK


def _greeting(options: argparse.Namespace, server: _core.Target) -> str:
    host = f"[{options.host}]" if ":" in options.host else options.host
    text = f"target listens on http://{host}:{server.port}"
    if server.tls_port:
        text += f" and https://{host}:{server.tls_port}"
    return f"{text}, Ctrl-C ends it\n"
