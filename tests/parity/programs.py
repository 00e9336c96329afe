"""Command lines under test, ours and real Locust's, run as anybody runs them."""

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ENOUGH_S = 60
OURS = (sys.executable, "-m", "locust_like")


@dataclass
class Finished:
    """A run that has ended; the statistics are by request name."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def rows(self) -> dict[str, dict[str, str]]:
        """Return the rows of the CSV statistics."""
        with (self.folder / "run_stats.csv").open(newline="") as file:
            return {row["Name"]: row for row in csv.DictReader(file)}

    def header(self, kind: str) -> str:
        """Return the first line of one of the four CSV files."""
        return (self.folder / f"run_{kind}.csv").read_text().splitlines()[0]


def cleaned(environ: str = "") -> dict[str, str]:
    """Return the environment without what a developer's shell sets, and with NAME=VALUE words."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LOCUST_", "COLUMNS"))}
    return kept | dict(pair.split("=", 1) for pair in environ.split())


def finished(
    program: tuple[str, ...], path: Path, folder: Path, *options: str, environ: str = ""
) -> Finished:
    """Run a locustfile without the web UI until it ends, and return everything."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [*program, "-f", str(path), "--headless", "--csv", str(folder / "run"), *options],
        cwd=folder,
        env=cleaned(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr, folder)
