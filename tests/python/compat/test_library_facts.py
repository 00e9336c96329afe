"""What a script that uses Locust as a library sees is the same under Locust and under ours."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
FACTS = (
    "cluster_facts",
    "library_facts",
    "module_facts",
    "row_facts",
    "session_facts",
    "single_user_facts",
)


def printed(name: str, url: str, *command: str | Path) -> list[str]:
    done = subprocess.run(
        [*map(str, command), str(FOLDER / f"{name}.py"), url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    # Locust's run_single_user prints a heading.
    lines = done.stdout.splitlines()
    return [line for line in lines if line and not line.startswith("type\t")]


@pytest.mark.parametrize("name", FACTS)
def test_facts_agree(name: str, real_locust: Path, target_url: str) -> None:
    theirs = printed(name, target_url, real_locust)
    assert len(theirs) > 8
    assert printed(name, target_url, sys.executable, "-m", "locust_like.compat") == theirs
