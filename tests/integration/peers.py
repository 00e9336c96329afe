"""Servers of others: how tests start them, and what they need to start."""

import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 10


@dataclass
class Peer:
    """A server of others and its log."""

    url: str
    log: Path


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def serve(
    command: list[str], port: int, log: Path, user: str | None = None
) -> subprocess.Popen[bytes]:
    """Start a server and wait until it listens; with a name it runs as that user."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, user=user)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process
    raise AssertionError(f"{command[0]} does not listen: {log.read_text()}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server."""
    process.terminate()
    process.wait(PATIENCE_S)


def make_certificate(folder: Path) -> None:
    """Write cert.pem and key.pem of 127.0.0.1 and peer.test."""
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    identity = "-subj /CN=peer -addext subjectAltName=IP:127.0.0.1,DNS:peer.test"
    keys = f"-keyout {folder}/key.pem -out {folder}/cert.pem"
    subprocess.run(f"{request} {identity} {keys}".split(), check=True, capture_output=True)
