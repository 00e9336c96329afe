"""Real Locust, in a virtual environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

RELEASE = "2.47.0"
"""What ours is compared with; a newer one may behave in other ways."""


@pytest.fixture(scope="session")
def locust(checkout: Path) -> tuple[str, ...]:
    """Return the command of real Locust, which is fetched on first use."""
    folder = checkout / "build" / f"locust-{RELEASE}"
    command = folder / "bin" / "locust"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin" / "pip", "install", "-q", f"locust=={RELEASE}"]
        subprocess.run(pip, check=True)
    return (str(command),)
