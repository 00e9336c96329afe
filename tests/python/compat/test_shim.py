"""The wheel that offers the package name `locust`, built and installed."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest


def ran(*command: str | Path, cwd: Path, **environ: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **environ},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    ran(
        sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-deps",
        "--wheel-dir", folder, checkout / "shim", cwd=folder,
    )  # fmt: skip
    (built,) = folder.iterdir()
    return built


def test_it_installs_beside_us_and_means_us(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    ran(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    python = venv / "bin/python"
    packages = Path(
        ran(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path
        ).strip()
    )
    # Everything that is installed here is there, too, an editable install included.
    (packages / "ours.pth").write_text(
        f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    )
    ran(
        sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index",
        "--no-deps", wheel, cwd=tmp_path,
    )  # fmt: skip
    script = (
        "from locust import HttpUser, task; import locust.stats, locust_like, socket\n"
        "from gevent import monkey\n"
        "print(HttpUser is locust_like.HttpUser, monkey.is_module_patched('socket'))\n"
        "print(locust.stats.stats_printer.__module__)\n"
    )
    assert ran(python, "-c", script, cwd=tmp_path).split() == [
        "True",
        "True",
        "locust_like.compat.stats_printing",
    ]
    assert "False" in ran(python, "-c", script, cwd=tmp_path, LOCUST_SKIP_MONKEY_PATCH="1")
    assert ran(venv / "bin/locust", "--version", cwd=tmp_path).startswith("locust-like ")


def test_editors_and_type_checkers_read_our_types(
    wheel: Path, checkout: Path, tmp_path: Path
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "types")
    file = tmp_path / "locustfile.py"
    file.write_text(
        "from locust import HttpUser, constant, events, task, wait_time\n"
        "from locust.env import Environment\n"
        "from locust.runners import STATE_RUNNING\n"
        "from locust.user.task import TaskSet\n\n"
        "class Visitor(HttpUser):\n"
        "    wait_time = constant(1)\n\n"
        "    @task\n"
        "    def page(self) -> None:\n"
        "        reveal_type(self.client.get('/').status_code)\n"
        "        reveal_type(Environment().stats.total.num_requests)\n"
        "        reveal_type(STATE_RUNNING == 'running')\n"
    )
    out = ran(
        sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent",
        f"--cache-dir={checkout / 'build/shim-mypy-cache'}", file,
        cwd=tmp_path, MYPYPATH=f"{tmp_path / 'types'}:{checkout}",
    )  # fmt: skip
    assert out.count('"int"') == 2, out
    assert out.count('"bool"') == 1, out


def test_equal_sources_give_equal_wheels(wheel: Path, checkout: Path, tmp_path: Path) -> None:
    call = f"import sys; sys.path.insert(0, {str(checkout / 'shim')!r})\nimport name_backend\n"
    ran(sys.executable, "-c", f"{call}name_backend.build_wheel('.')", cwd=tmp_path)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()
