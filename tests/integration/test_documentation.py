"""Every locustfile that the documentation shows runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOWN = [
    (f"{document.stem}-{number}", code)
    for document in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for number, code in enumerate(
        re.findall(r"^```python\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL), 1
    )
]


def test_there_are_examples() -> None:
    assert len(SHOWN) >= 5


@pytest.mark.parametrize("code", [c for _, c in SHOWN], ids=[name for name, _ in SHOWN])
def test_shown_locustfile_runs(code: str, target_url: str, tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(code)
    command = [sys.executable, "-m", "locust_like", "-H", target_url, "--headless"]
    load = ["-u", "10", "-r", "100", "-t", "1s"]
    done = subprocess.run(
        [*command, *load], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
