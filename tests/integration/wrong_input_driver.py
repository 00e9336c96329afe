"""Runs many command lines in one process each forked from this one, which has loaded everything.

Reads a JSON list of cases on stdin and prints a JSON list of outcomes. Starting Python and loading
the package once instead of once per case saves most of the time of `test_wrong_input.py`.
"""

import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from locust_like.cli.main import main
from locust_like.cli.patching import patch_and_alias

patch_and_alias()
import locust_like.cli.commands.run  # noqa: E402, F401 - after patching, as in a run


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in case["files"].items():
            path = place / "work" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (place / "work").mkdir(exist_ok=True)
        for name in case["pipes"]:
            os.mkfifo(place / "work" / name)
        (place / "stdin").write_text(case["stdin"])
        child = os.fork()
        if not child:
            os._exit(run_case(case, place))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        (place / "stdout").touch()
        text = {name: (place / name).read_text() for name in ("stdout", "stderr")}
        return {"code": status, **text, "folder": str(place / "work")}


def run_case(case: dict[str, Any], place: Path) -> int:
    """Be a fresh process of the product: own streams, folder, environment, limits."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    opened = [
        os.open(place / "stdin", os.O_RDONLY),
        os.open(case["stdout"] or place / "stdout", flags),
        os.open(place / "stderr", flags),
    ]
    for target, descriptor in enumerate(opened):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.chdir(place / "work")
    os.environ.update({"HOME": str(place), **case["environ"]})
    if case["max_files"]:
        resource.setrlimit(resource.RLIMIT_NOFILE, (case["max_files"], case["max_files"]))
    try:
        code = main(case["arguments"])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - the copy of the driver must not go on
        sys.excepthook(*sys.exc_info())
        code = 250
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code)


if __name__ == "__main__":
    json.dump([outcome(case) for case in json.load(sys.stdin)], sys.stdout)
