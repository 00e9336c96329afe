"""Where the join token and the master's keys are kept, and who may read them.

The token lets a worker in; the keys, in a file beside it, are what the master proves itself with.
Both are made by the first master of a user and kept, so that a restarted master is accepted by
workers that wait, and that master and worker of one user on one machine need no option at all.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like._core import ClusterKeys, check_join_token

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "LOCUST_LIKE_JOIN_TOKEN"
KEY_SUFFIX = ".key"
_MOST_BYTES = 4096

_logger = logging.getLogger("locust.main")


def token_path(named: str | None, environ: Mapping[str, str]) -> Path:
    """Return where the token is kept.

    Args:
        named: what --join-token-file says.
        environ: the environment of the process.

    Source: XDG Base Directory Specification; a relative XDG_STATE_HOME is ignored.
    """
    if named is not None:
        return Path(named).expanduser()
    state = environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local/state"
    return base / "locust_like/join-token"


def keys_of_master(path: Path) -> ClusterKeys:
    """Return the keys that belong to a token file; both files are made if they are missing.

    Raises: OSError when they cannot be read or made, ValueError with one sentence for files that
        are no such files or do not belong together.
    """
    key_path = path.with_name(path.name + KEY_SUFFIX)
    token = _read(path)
    text = _read(key_path)
    if text is None:
        if token is not None:
            raise ValueError(
                f"{path} has a join token, but {key_path} with the master's keys is missing; start "
                f"the master where both are, or remove {path} to have new ones made"
            )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(key_path, ClusterKeys.generate().encode())
        text = _read(key_path) or ""
    try:
        keys = ClusterKeys.decode(text)
    except ValueError as error:
        raise ValueError(f"{key_path}: {error}") from error
    if token is None:
        _write_new(path, keys.join_token)
    elif token != keys.join_token:
        raise ValueError(f"the join token in {path} does not belong to the keys in {key_path}")
    return keys


def token_of_worker(path: Path, environ: Mapping[str, str], *, is_named: bool) -> str | None:
    """Return the token that lets a worker in; None while there is none.

    Args:
        path: the token's file.
        environ: the environment of the process; its variable wins over a file that is not named.
        is_named: --join-token-file was given.

    Raises: OSError when the file cannot be read, ValueError for a text that is no token.
    """
    source, token = str(path), None
    if not is_named and environ.get(VARIABLE, "").strip():
        source, token = VARIABLE, environ[VARIABLE].strip()
    else:
        token = _read(path)
    if token is not None:
        try:
            check_join_token(token)
        except ValueError as error:
            raise ValueError(f"{source}: {error}") from error
    return token


def _read(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return None
    # A group may read it: so Kubernetes hands a secret to a pod, whose files belong to root.
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        what = "read" if mode & stat.S_IROTH else "changed"
        _logger.warning(
            "%s can be %s by others; `chmod o=,g-w %s` keeps them out", path, what, path
        )
    return data.decode("utf-8", "replace").strip()


def _write_new(path: Path, text: str) -> None:
    """Make a file that only its owner can read; one that somebody else has made first stays."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink()
