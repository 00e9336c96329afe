"""The locustfile bundle: what a master sends to workers that start with `-f -`.

It holds the locustfiles, the modules of their folder trees that they have imported, and the files
that --include names. Names are paths below one folder; the receiver refuses every other name,
checks each hash, and writes into a fresh folder that only its owner can read.

Source: zip and tar were rejected, because reading them safely needs more checks than they save.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from locust_like.errors import LocustfileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_BYTES = 64 * 1024 * 1024
"""How much a bundle may hold, unpacked."""
MOST_FILES = 5000
_MOST_DEPTH = 16
_MOST_NAME = 255
_PART = re.compile(r"[^\x00-\x1f\x7f/\\]+")
_PREFIX = "locust_like-bundle-"
_SWEPT_AFTER_S = 60.0
"""Folders younger than this may be in the making."""
_SKIPPED = {"__pycache__", ".git", ".venv", "node_modules"}


class _File(msgspec.Struct, frozen=True):
    name: str
    sha256: str
    data: bytes


class _Bundle(msgspec.Struct, frozen=True):
    """What travels: `locustfiles` are names of files, in their order."""

    locustfiles: list[str]
    files: list[_File]


@dataclass(frozen=True)
class Packed:
    """A bundle ready to be sent.

    Attributes:
        data: its bytes, compressed.
        sha256: of these bytes.
        names: of the files in it.
    """

    data: bytes
    sha256: str
    names: tuple[str, ...]


def pack(locustfiles: Sequence[Path], include: Iterable[str] = ()) -> Packed:
    """Return the bundle of locustfiles that are imported already.

    Args:
        locustfiles: absolute paths.
        include: paths of files or folders, absolute or seen from the first locustfile's folder.

    Raises: LocustfileError with one sentence when something cannot be sent.
    """
    root = _root(locustfiles)
    folders = {path.parent for path in locustfiles}
    paths = dict.fromkeys([*locustfiles, *_imported(folders), *_included(root, include)])
    if len(paths) > MOST_FILES:
        raise LocustfileError(
            f"the locustfile bundle has {len(paths):,} files; {MOST_FILES:,} fit."
        )
    files, size = [], 0
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LocustfileError(f"{path} cannot be sent to workers: {error.strerror}.") from error
        flaw = name_flaw(_name(path, root))
        if flaw:
            raise LocustfileError(f"{path} cannot be sent to workers: {flaw}.")
        size += len(data)
        if size > MOST_BYTES:
            raise LocustfileError(
                f"the locustfile bundle is larger than {MOST_BYTES // 2**20} MiB; include less, or "
                f"copy large files to the workers."
            )
        files.append(_File(_name(path, root), _sha256(data), data))
    names = [_name(path, root) for path in locustfiles]
    data = zlib.compress(msgspec.msgpack.encode(_Bundle(names, files)))
    return Packed(data, _sha256(data), tuple(file.name for file in files))


def check_included(locustfiles: Sequence[Path], include: Iterable[str]) -> None:
    """Look for what `pack` will need, long before the first worker asks.

    Raises: LocustfileError for a path that is missing or not below the locustfiles.
    """
    _included(_root(locustfiles), include)


def _root(locustfiles: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([path.parent for path in locustfiles]))


@dataclass(frozen=True)
class Unpacked:
    """A bundle that lies in a folder of its own.

    Attributes:
        folder: is locked as long as the process that unpacked it lives, however it ends.
        lock: the descriptor that holds the lock.
        owner: process that may remove it; those that are forked from it share it.
    """

    folder: Path
    locustfiles: tuple[Path, ...]
    lock: int
    owner: int

    def remove(self) -> None:
        """Remove the folder; does nothing in a forked process, and the second time."""
        if os.getpid() == self.owner:
            shutil.rmtree(self.folder, ignore_errors=True)


def unpack(data: bytes, sha256: str, base: Path | None = None) -> Unpacked:
    """Write a bundle into a fresh folder.

    Args:
        data: the bytes that `pack` has made.
        sha256: what their hash must be.
        base: where the folder is made; None = the system's place for temporary files.

    Raises: LocustfileError with one sentence; nothing is written then.

    Folders that were left behind by processes that were killed are removed on this occasion.
    """
    if _sha256(data) != sha256:
        raise LocustfileError("the locustfile bundle was damaged on its way.")
    bundle = _decoded(data)
    for file in bundle.files:
        flaw = name_flaw(file.name)
        if flaw:
            raise LocustfileError(f"the bundle has a file {file.name[:100]!r}: {flaw}.")
        if _sha256(file.data) != file.sha256:
            raise LocustfileError(f"{file.name} was damaged on its way.")
    names = {file.name for file in bundle.files}
    if not bundle.locustfiles or not set(bundle.locustfiles) <= names:
        raise LocustfileError("the bundle names a locustfile that is not in it.")
    # mkdtemp: mode 0700, and a name that nobody could have prepared.
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_SH)
    _sweep(folder.parent)
    for file in bundle.files:
        path = folder / file.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(file.data)
    locustfiles = tuple(folder / name for name in bundle.locustfiles)
    return Unpacked(folder, locustfiles, lock, os.getpid())


def _sweep(base: Path) -> None:
    """Remove folders of ours that no process holds any more."""
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            status = folder.lstat()
            if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _SWEPT_AFTER_S:
                continue
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


def name_flaw(name: str) -> str:
    """Return why a file may not have this name, "" if it may."""
    parts = name.split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "only paths below the bundle's folder are accepted"
    if len(parts) > _MOST_DEPTH or any(len(part.encode()) > _MOST_NAME for part in parts):
        return "it is too long"
    if not all(_PART.fullmatch(part) for part in parts):
        return "it has a character that names may not have"
    return ""


def plan_hash(locustfiles: Sequence[Path]) -> str:
    """Return a hash by which master and worker see whether their locustfiles are the same.

    Empty when a file cannot be read, as the one from stdin.
    """
    digest = hashlib.sha256()
    try:
        for path in locustfiles:
            digest.update(path.read_bytes() + b"\0")
    except OSError:
        return ""
    return digest.hexdigest()


def _decoded(data: bytes) -> _Bundle:
    unpacker = zlib.decompressobj()
    # Names and hashes take some room besides the files.
    limit = MOST_BYTES + MOST_FILES * 1024
    try:
        plain = unpacker.decompress(data, limit)
        if not unpacker.eof:
            raise LocustfileError("the locustfile bundle is too large, or not whole.")
        bundle = msgspec.msgpack.decode(plain, type=_Bundle)
    except (zlib.error, msgspec.DecodeError, RecursionError) as error:
        raise LocustfileError(f"the locustfile bundle cannot be read: {error}.") from error
    if len({file.name for file in bundle.files}) != len(bundle.files):
        raise LocustfileError("the bundle has a file twice.")
    return bundle


def _imported(folders: Iterable[Path]) -> list[Path]:
    """Return the files of modules that were imported from below these folders."""
    found = []
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and name.endswith(".py"):
            path = Path(name).resolve()
            if any(_is_own(path, folder) for folder in folders):
                found.append(path)
    return sorted(found)


def _is_own(path: Path, folder: Path) -> bool:
    """Tell whether a module belongs to the locustfile, and is not installed below its folder."""
    if not path.is_relative_to(folder):
        return False
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[1]]
    installed = any(path.is_relative_to(p) and not folder.is_relative_to(p) for p in places)
    return not installed and not {"site-packages", "dist-packages"} & set(path.parts)


def _included(root: Path, include: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for text in include:
        path = (root / Path(text).expanduser()).resolve()
        if not path.is_relative_to(root):
            raise LocustfileError(f"--include {text}: it is not below {root}.")
        if path.is_dir():
            found += _below(path)
        elif path.is_file():
            found.append(path)
        else:
            raise LocustfileError(f"--include {text}: there is no file {path}.")
    return found


def _below(folder: Path) -> list[Path]:
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        found += [Path(parent) / name for name in sorted(names)]
    return found


def _name(path: Path, root: Path) -> str:
    return PurePosixPath(path.relative_to(root)).as_posix()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
