"""Load shapes: what the base class offers, and how locustfiles' shapes are found."""

from pathlib import Path

import pytest

from locust_like.errors import LocustfileError
from locust_like.plan.locustfile import load_locustfiles
from locust_like.plan.plan import make_plan
from locust_like.plan.shapes import LoadTestShape, Tick, ignored_options, unique_shapes
from locust_like.plan.sources import merge

USER = """
from locust_like import LoadTestShape, User, task

class Visitor(User):
    @task
    def work(self): ...
"""
STEPS = """
class Base(LoadTestShape):
    abstract = True

class Steps(Base):
    def tick(self):
        return None
"""


class Fixed(LoadTestShape):
    def tick(self) -> Tick | None:
        return (1, 1.0)


class FakeRunner:
    state = "ready"
    user_count = 7

    def stop(self) -> None: ...

    def quit(self) -> None: ...


def test_a_shape_knows_its_time_and_users() -> None:
    shape = Fixed()
    shape.start_time -= 100
    assert 100 <= shape.get_run_time() < 200
    shape.reset_time()
    assert shape.get_run_time() < 100
    shape.runner = FakeRunner()
    assert shape.get_current_user_count() == 7


def test_a_shape_needs_tick() -> None:
    class Empty(LoadTestShape): ...

    with pytest.raises(TypeError, match="tick"):
        Empty()  # type: ignore[abstract]  # that is what is refused


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_the_first_shape_decides_and_the_run_time_does_not(tmp_path: Path) -> None:
    path = write(tmp_path, "with_shapes.py", USER + STEPS + STEPS.replace("Steps", "Others"))
    plan = make_plan(merge({"locustfile": str(path), "run_time": 5.0}, {}))
    assert [type(shape).__name__ for shape in plan.shapes] == ["Steps", "Others"]
    assert plan.shape is plan.shapes[0]
    assert plan.run_time_s is None


def test_a_shape_of_two_files_is_one_unless_it_is_another(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{name}_shapes.py", USER + STEPS) for name in ("first", "second")]
    same = unique_shapes([*load_locustfiles(paths[:1])[0].shapes] * 2)
    assert len(same) == 1
    other = load_locustfiles(paths[1:])[0].shapes
    with pytest.raises(LocustfileError, match="Duplicate shape classes: Steps"):
        unique_shapes([*same, *other])


def test_a_shape_that_cannot_be_made_is_told_with_its_line(tmp_path: Path) -> None:
    text = USER + STEPS + "    def __init__(self):\n        raise OSError('no profile')\n"
    path = write(tmp_path, "broken_shape.py", text)
    with pytest.raises(LocustfileError, match=r"broken_shape.py:\d+: OSError: no profile"):
        load_locustfiles([path])


def test_options_that_a_shape_ignores() -> None:
    class Reading(Fixed):
        use_common_options = True

    settings = merge({"num_users": 3}, {"LOCUST_RUN_TIME": "5s"})
    assert ignored_options(Fixed(), settings) == ["--users", "--run-time"]
    assert ignored_options(Reading(), settings) == []
