"""Who has started threads is named, however deep the import was."""

import subprocess
import sys
from pathlib import Path

PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
from locust_like.cli.thread_watch import ThreadWatch, thread_count
watch = ThreadWatch()
before = __builtins__.__import__
with watch.watching():
    import outer
    {own}
assert __builtins__.__import__ is before
print(thread_count(), watch.culprits)
"""
SLEEPER = "import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True)"
START = f"{SLEEPER}.start()"


def culprits(folder: Path, outer: str, inner: str, own: str = "pass") -> str:
    (folder / "outer.py").write_text(outer)
    (folder / "inner.py").write_text(inner)
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(own=own), str(folder)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


def test_the_innermost_import_is_blamed(tmp_path: Path) -> None:
    assert culprits(tmp_path, "import inner", START) == "2 ['inner']"
    assert culprits(tmp_path, f"import inner\n{START}", "") == "2 ['outer']"
    assert culprits(tmp_path, f"{START}\nimport inner", "") == "2 ['outer']"
    assert culprits(tmp_path, "import inner", "") == "1 []"


def test_what_no_import_did_the_locustfile_did(tmp_path: Path) -> None:
    assert culprits(tmp_path, "", "", START) == "2 ['the locustfile']"
