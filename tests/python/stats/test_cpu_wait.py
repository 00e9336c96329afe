"""How long threads waited for a CPU."""

from pathlib import Path

import pytest

from locust_like.stats.cpu_wait import CpuWait


def write(tasks: Path, **waited_ns: int | str) -> None:
    for task, wait in waited_ns.items():
        (tasks / task).mkdir(exist_ok=True)
        (tasks / task / "schedstat").write_text(f"123456 {wait} 7\n")


def test_the_unluckiest_thread_counts(tmp_path: Path) -> None:
    write(tmp_path, a=1_000_000, b=5_000_000)
    wait = CpuWait(tmp_path)
    write(tmp_path, a=16_000_000, b=6_000_000)
    assert wait.take() == pytest.approx(0.015)
    assert wait.take() == 0


def test_threads_come_and_go(tmp_path: Path) -> None:
    write(tmp_path, a=0, b=0)
    wait = CpuWait(tmp_path)
    (tmp_path / "b" / "schedstat").unlink()
    write(tmp_path, a=1_000_000, new=9_000_000)
    assert wait.take() == pytest.approx(0.001)
    write(tmp_path, new=10_000_000)
    assert wait.take() == pytest.approx(0.001)


@pytest.mark.parametrize("text", ["", "none at all", "12"])
def test_a_kernel_without_such_figures(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "schedstat").write_text(text)
    assert CpuWait(tmp_path).take() == 0


def test_a_system_without_such_files(tmp_path: Path) -> None:
    assert CpuWait(tmp_path / "none").take() == 0


def test_this_process_has_a_figure() -> None:
    assert CpuWait().take() >= 0
