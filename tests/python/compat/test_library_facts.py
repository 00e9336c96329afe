"""What a script that uses Locust as a library sees is the same under Locust and under ours."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("library_facts.py")


def printed(*command: str | Path) -> list[str]:
    done = subprocess.run(
        [*map(str, command), str(SCRIPT)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_facts_agree(real_locust: Path) -> None:
    theirs = printed(real_locust)
    assert len(theirs) > 60
    assert printed(sys.executable, "-m", "locust_like.compat") == theirs
