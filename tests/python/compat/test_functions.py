"""The small functions of `locust.util`."""

import time
from pathlib import Path

import pytest

from locust_like.compat import functions, stats_printing
from locust_like.plan.shapes import LoadTestShape
from locust_like.users.http_user import HttpUser
from locust_like.users.user import User


def test_texts_and_numbers() -> None:
    assert functions.parse_timespan("1h20m") == 4800
    with pytest.raises(ValueError, match="Invalid time span format"):
        functions.parse_timespan("q")
    assert [functions.proper_round(x) for x in (0.5, 1.5, 2.5)] == [1, 2, 3]
    assert functions.proper_round(0.125, 2) == 0.13
    assert functions.is_url("https://example.org/x")
    assert not functions.is_url("locustfile.py")
    assert not functions.is_url("http://[")


def test_times() -> None:
    assert functions.format_utc_timestamp(0.9) == "1970-01-01T00:00:00Z"
    assert len(functions.format_safe_timestamp(0)) == len("1970-01-01-00h00")
    assert functions.format_duration(0, 0) == "0 seconds"
    assert functions.format_duration(0, 1) == "1 second"
    assert functions.format_duration(0, 90_061) == "1 day, 1 hour, 1 minute and 1 second"
    assert functions.format_duration(0, 7202) == "2 hours and 2 seconds"


def test_a_result_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    calls = []

    @functions.memoize(2.0, dynamic_timeout=True)
    def slow() -> int:
        now_s[0] += 3
        calls.append(1)
        return len(calls)

    assert (slow(), slow()) == (1, 1)
    now_s[0] += 3.5
    assert slow() == 1, "it took longer than the timeout, so the timeout has doubled"
    now_s[0] += 1
    assert slow() == 2
    slow.clear_cache()  # type: ignore[attr-defined]  # it is set on the function
    assert slow() == 3


def test_files_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.py", "_b.py", "sub/c.py", "sub/d.txt"):
        (tmp_path / name).touch()
    assert sorted(functions.get_abspaths_in(str(tmp_path), ".py")) == [
        str(tmp_path / "a.py"),
        str(tmp_path / "sub/c.py"),
    ]
    assert len(functions.get_abspaths_in(str(tmp_path))) == 3


def test_user_classes_are_told_from_others() -> None:
    class Visitor(User):
        pass

    items = [Visitor, HttpUser, User, "User", Path]
    assert [functions.is_user_class(item) for item in items] == [True, *[False] * 4]


def test_a_locustfile_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "my.load.py"
    path.write_text(
        "from locust_like.plan.shapes import LoadTestShape\n"
        "from locust_like.users.user import User\n"
        "class Visitor(User): pass\n"
        "class Base(User):\n    abstract = True\n"
        "class Steps(LoadTestShape):\n    def tick(self): return None\n"
    )
    classes, shapes = functions.load_locustfile(str(path))
    assert list(classes) == ["Visitor"]
    assert [type(shape).__name__ for shape in shapes] == ["Steps"]
    assert functions.is_shape_class(type(shapes[0]))
    assert not functions.is_shape_class(LoadTestShape)
    assert not functions.is_shape_class("Steps")


def test_histograms() -> None:
    times = {10: 90, 200: 9, 3000: 1}
    percentile = stats_printing.calculate_response_time_percentile
    assert [percentile(times, 100, share) for share in (0.5, 0.95, 1.0)] == [10, 200, 3000]
    assert percentile({}, 0, 0.5) == 0
    assert stats_printing.diff_response_time_dicts({1: 5, 2: 3}, {1: 5, 2: 1}) == {2: 2}
    assert stats_printing.sort_stats({"b": 1, "a": 2}) == [2, 1]
    assert (stats_printing.avg([1, 2]), stats_printing.avg([])) == (1.5, 0.0)
