"""Scripts that use Locust as a library run unchanged, whatever way they are started."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("library_script.py")
INSTALLED = (
    "import runpy, sys; from locust_like import compat, patch; patch(); compat.install(); "
    "sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
)


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "locust_like", "exec"),
        ("-m", "locust_like.compat"),
        ("-c", INSTALLED),
    ],
    ids=["exec", "compat", "install"],
)
def test_use_as_library(command: tuple[str, ...], target_url: str) -> None:
    done = subprocess.run(
        [sys.executable, *command, str(SCRIPT), target_url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "True",
        "0 True 0 stopped",
        "[('/', 'GET')] True",
        "True {} {}",
    ]
    assert "/INFO/locust.runners: Ramping to 2 users at a rate of 100.00 per second" in done.stderr
    assert "# reqs" in done.stderr
