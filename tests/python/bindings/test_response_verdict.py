"""catch_response: who judges, what counts, and what happens to calls that nobody judges."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest

from locust_like._core import Recorder, Response, Session, Target
from locust_like.errors import LocustError, ResponseError


def rows(recorder: Recorder) -> tuple[int, int, int]:
    """Return successes, failures, cancelled."""
    total = recorder.collect().total
    return total.num_requests - total.num_failures, total.num_failures, total.num_cancelled


def error_texts(recorder: Recorder) -> list[str]:
    return [error.text for error in recorder.collect().errors]


@pytest.mark.parametrize(("path", "expected"), [("/", (1, 0, 0)), ("/status/500", (0, 1, 0))])
def test_without_a_verdict_the_status_decides(
    session: Session, recorder: Recorder, path: str, expected: tuple[int, int, int]
) -> None:
    with session.get(path, catch_response=True) as response:
        assert response.catching
        assert rows(recorder) == (0, 0, 0)
    assert rows(recorder) == expected


def test_success_overrules_the_status(session: Session, recorder: Recorder) -> None:
    with session.get("/status/404", catch_response=True) as response:
        response.success()
        assert response.verdict() is True
    assert rows(recorder) == (1, 0, 0)
    assert recorder.collect().total.status_codes() == {404: 1}
    assert recorder.collect().errors == []


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        ("too slow", "CatchResponseError('too slow')"),
        (ValueError("bad"), "ValueError('bad')"),
        (ResponseError("gone"), "ResponseError('gone')"),
    ],
)
def test_failure_overrules_the_status(
    session: Session, recorder: Recorder, verdict: Any, text: str
) -> None:
    with session.get("/", catch_response=True) as response:
        response.failure(verdict)
        assert response.verdict() is verdict
    assert rows(recorder) == (0, 1, 0)
    assert error_texts(recorder) == [text]
    assert recorder.collect().total.failure_codes() == {"script": 1}


def test_last_verdict_counts(session: Session, recorder: Recorder) -> None:
    with session.get("/", catch_response=True) as response:
        response.failure("first")
        response.success()
    with session.get("/", catch_response=True) as response:
        response.success()
        response.failure("second")
    assert rows(recorder) == (1, 1, 0)
    assert error_texts(recorder) == ["CatchResponseError('second')"]


def test_response_error_in_the_block_is_swallowed_and_counted(
    session: Session, recorder: Recorder
) -> None:
    class OwnError(ResponseError):
        """Subclasses count too."""

    with session.get("/", catch_response=True):
        raise OwnError("not what I want")
    assert rows(recorder) == (0, 1, 0)
    assert error_texts(recorder) == ["OwnError('not what I want')"]


def test_other_exception_propagates_and_the_row_is_cancelled(
    session: Session, recorder: Recorder
) -> None:
    with pytest.raises(KeyError, match="mine"), session.get("/", catch_response=True):
        raise KeyError("mine")
    assert rows(recorder) == (0, 0, 1)


@pytest.mark.parametrize("error", [KeyError("mine"), ResponseError("mine")])
def test_verdict_said_before_an_exception_stands(
    session: Session, recorder: Recorder, error: Exception
) -> None:
    def judge_and_fail() -> None:
        with session.get("/", catch_response=True) as response:
            response.failure("said")
            raise error

    with pytest.raises(type(error), match="mine"):
        judge_and_fail()
    assert rows(recorder) == (0, 1, 0)
    assert error_texts(recorder) == ["CatchResponseError('said')"]


def test_verdict_outside_the_block_is_an_error(session: Session, recorder: Recorder) -> None:
    response = session.get("/", catch_response=True)
    for judge in (response.success, lambda: response.failure("no")):
        with pytest.raises(LocustError, match="with-block"):
            judge()
    with response:
        pass
    with pytest.raises(LocustError, match="with-block"):
        response.failure("too late")
    assert rows(recorder) == (1, 0, 0)


def test_verdict_without_catch_response_is_an_error(session: Session, recorder: Recorder) -> None:
    with session.get("/") as response, pytest.raises(LocustError, match="catch_response=True"):
        response.failure("no")
    assert rows(recorder) == (1, 0, 0)


def test_plain_response_in_a_with_block_lets_exceptions_through(
    session: Session, recorder: Recorder
) -> None:
    with pytest.raises(ResponseError), session.get("/"):
        raise ResponseError("mine")
    assert rows(recorder) == (1, 0, 0)


def test_response_never_judged_is_cancelled_when_dropped(
    session: Session, recorder: Recorder
) -> None:
    response = session.get("/", catch_response=True)
    assert rows(recorder) == (0, 0, 0)
    del response
    assert rows(recorder) == (0, 0, 1)


def test_second_with_block_adds_no_row(session: Session, recorder: Recorder) -> None:
    response = session.get("/", catch_response=True)
    with response:
        response.success()
    with response:
        response.failure("again")
    assert rows(recorder) == (1, 0, 0)


def test_greenlet_killed_in_the_block_leaves_a_cancelled_row(
    session: Session, recorder: Recorder, target: Target, until: Callable[..., None]
) -> None:
    def user() -> None:
        with session.get("/", catch_response=True):
            gevent.sleep(60)

    running = gevent.spawn(user)
    until(lambda: target.counters()["requests"])
    gevent.sleep(0.01)
    running.kill()
    assert rows(recorder) == (0, 0, 1)


def test_name_and_time_may_change_until_judged(session: Session, recorder: Recorder) -> None:
    with session.get("/", catch_response=True) as response:
        response.name = "renamed"
        response.response_time_ms = 1500
    response.name = "too late"
    response.response_time_ms = 9000

    entry = recorder.collect().entry("GET", "renamed")
    assert entry is not None
    assert (entry.num_requests, entry.total_response_time_ms) == (1, 1500)
    assert [one.name for one in recorder.collect().entries if one.num_requests] == ["renamed"]


def test_a_call_may_count_without_a_time(session: Session, recorder: Recorder) -> None:
    with session.get("/", catch_response=True) as response:
        response.response_time_ms = 7
        response.response_time_ms = None
    assert response.response_time_ms is None

    total = recorder.collect().total
    assert (total.num_requests, total.num_none_requests, total.total_response_time_ms) == (1, 1, 0)


def test_row_of_a_failed_connection_can_be_judged(make_session: Any, recorder: Recorder) -> None:
    session = make_session(base_url="http://127.0.0.1:1")
    with session.get("/", catch_response=True) as response:
        assert response.failure_code == "connect"
        response.success()
    with session.get("/", catch_response=True):
        pass
    assert rows(recorder) == (1, 1, 0)


def test_verdict_that_cannot_be_shown_raises_and_leaves_a_cancelled_row(
    session: Session, recorder: Recorder
) -> None:
    class Unshowable(Exception):
        def __repr__(self) -> str:
            raise RuntimeError("no text")

    def judge() -> None:
        with session.get("/", catch_response=True) as response:
            response.failure(Unshowable())

    with pytest.raises(RuntimeError, match="no text"):
        judge()
    assert rows(recorder) == (0, 0, 1)


def test_listener_hears_of_each_judged_call_once(session: Any, recorder: Recorder) -> None:
    recorder.set_listeners([print])

    plain = session.get("/")
    with session.get("/json", catch_response=True) as caught:
        assert session.reported == [plain]
        caught.failure("no")
    session.get("/status/500", catch_response=True)

    heard: list[Response] = session.reported
    assert heard == [plain, caught]
    assert heard[1].verdict() == "no"
    assert rows(recorder) == (1, 1, 1)


def test_listener_cannot_change_the_row_any_more(session: Any, recorder: Recorder) -> None:
    def rename(response: Response) -> None:
        response.name = "changed"

    recorder.set_listeners([print])
    session.on_report = rename
    session.get("/")
    assert recorder.collect().entry("GET", "/") is not None
    assert rows(recorder) == (1, 0, 0)
