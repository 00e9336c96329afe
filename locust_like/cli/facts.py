"""What is known about a run before it begins: options, versions, machine, revision.

Gathered only when somebody writes it down, and never a reason for a run to fail. Passwords stay
out: custom arguments marked as secret, the values of `-e NAME=VALUE`, and the password of a URL.
"""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
from typing import TYPE_CHECKING

from locust_like.cli.versions import versions
from locust_like.outputs.run_document import OptionValue, Revision, RunFacts
from locust_like.stats.masking import masked

if TYPE_CHECKING:
    from pathlib import Path

    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings

_MASK = "***"
_GIT_TIMEOUT_S = 1.0


def facts_of(plan: RunPlan) -> RunFacts:
    """Return the facts of a run."""
    return RunFacts(
        host=None if plan.host is None else masked(plan.host),
        locustfiles=tuple(str(path) for path in plan.locustfiles),
        user_classes=tuple(cls.__name__ for cls in plan.user_classes),
        options=options_of(plan.settings),
        versions=versions(),
        machine={
            "hostname": socket.gethostname(),
            "system": f"{platform.system()} {platform.release()}",
            "architecture": platform.machine(),
            "cpus": len(os.sched_getaffinity(0)),
        },
        revision=revision_of(plan.locustfiles[0].parent) if plan.locustfiles else None,
    )


def options_of(settings: Settings) -> tuple[OptionValue, ...]:
    """Return every option with its origin, those that the locustfile adds last."""
    rows = [
        OptionValue(name, _shown(name, row.value), row.origin)
        for name, row in settings.rows.items()
    ]
    rows += [
        OptionValue(name, _MASK if one.is_secret else _plain(one.value), one.origin)
        for name, one in settings.custom.items()
    ]
    return tuple(rows)


def _shown(name: str, value: object) -> object:
    if name == "env_vars" and isinstance(value, tuple):
        return [f"{text.partition('=')[0]}={_MASK}" for text in value]
    return _plain(value)


def _plain(value: object) -> object:
    """Return a value that JSON can hold."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return masked(str(value))


def revision_of(folder: Path) -> Revision | None:
    """Return the commit of a folder; None without git, outside a checkout, or after 1 s."""
    command = ["git", "-C", str(folder), "status", "--porcelain=v2", "--branch", "-uno"]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=_GIT_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = done.stdout.decode(errors="replace").splitlines()
    commit = next((line.split()[-1] for line in lines if line.startswith("# branch.oid ")), "")
    is_modified = any(not line.startswith("#") for line in lines)
    return Revision(commit, is_modified) if re.fullmatch(r"[0-9a-f]{40,64}", commit) else None
