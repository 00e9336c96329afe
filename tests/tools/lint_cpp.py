"""Format, self-containment and clang-tidy of every C++ file, remembered by content.

A file's key is the hash of itself, of all project headers it includes, directly or not, and of
the checks' settings; what passed once with the same key is skipped. Needs build/release and
build/editable to be configured.
"""

import concurrent.futures
import hashlib
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSED = ROOT / "build" / "lint"
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
DATABASES = [ROOT / "build/release", ROOT / "build/editable"]


@dataclass(frozen=True)
class Check:
    """One command to run on one file."""

    kind: str
    path: Path
    command: list[str]
    stdin: str = ""


@cache
def includes(path: Path) -> frozenset[Path]:
    """Return the project headers that a file reaches, itself included."""
    seen = {path}
    for name in INCLUDE.findall(path.read_text()):
        for base in (ROOT / "csrc", ROOT / "tests/cpp", path.parent):
            header = base / name
            if header.is_file() and header != path:
                seen |= includes(header)
                break
    return frozenset(seen)


def key(check: Check) -> str:
    digest = hashlib.sha256(repr((check.kind, check.command[:1], check.stdin)).encode())
    for path in [ROOT / ".clang-tidy", ROOT / ".clang-format", *sorted(includes(check.path))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def sources(*suffixes: str) -> list[Path]:
    folders = (ROOT / "csrc", ROOT / "tests/cpp")
    return sorted(p for folder in folders for p in folder.rglob("*") if p.suffix in suffixes)


@cache
def compile_flags() -> dict[str, list[str]]:
    """Return what each folder's files are compiled with (search paths, definitions, language)."""
    flags: dict[str, list[str]] = {}
    for database in DATABASES:
        for entry in json.loads((database / "compile_commands.json").read_text()):
            words = shlex.split(entry["command"])
            kept = [
                word
                for before, word in itertools.pairwise(words)
                if word.startswith(("-I", "-D", "-std")) or "-isystem" in (before, word)
            ]
            flags.setdefault(str(Path(entry["file"]).parent), kept)
    return flags


def database_of(path: Path) -> Path:
    return DATABASES["bindings" in path.parts]


def checks() -> list[Check]:
    found = [
        Check("format", path, ["clang-format", "--dry-run", "-Werror", str(path)])
        for path in sources(".h", ".cc")
    ]
    tidy = ["clang-tidy", "--quiet"]
    for path in sources(".cc"):
        if str(path.parent) in compile_flags() and "csrc" in path.parts:
            command = [*tidy, "-p", str(database_of(path)), str(path)]
            found.append(Check("clang-tidy", path, command))
    for path in sources(".h"):
        flags = compile_flags().get(str(path.parent))
        if flags is not None:
            command = ["g++", "-fsyntax-only", "-Wall", "-Werror", *flags, "-xc++", "-"]
            found.append(Check("stands alone", path, command, f'#include "{path}"\n'))
    return found


def run(check: Check) -> tuple[Check, str]:
    """Run one check; return its complaints, empty when it passed."""
    mark = PASSED / key(check)
    if mark.exists():
        return check, ""
    done = subprocess.run(
        check.command, input=check.stdin, capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        return check, (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"
    mark.touch()
    return check, ""


def run_all(todo: list[Check], report: Callable[[Check, str], None]) -> int:
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for check, complaint in pool.map(run, todo):
            if complaint:
                failed += 1
                report(check, complaint)
    return failed


def main() -> int:
    PASSED.mkdir(parents=True, exist_ok=True)
    todo = checks()

    def report(check: Check, complaint: str) -> None:
        print(f"{check.kind}: {check.path.relative_to(ROOT)}\n{complaint}\n", flush=True)

    failed = run_all(todo, report)
    print(f"C++ lint: {len(todo)} checks, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
