"""What is not exactly one of our documents is refused whole."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from locust_like.runtime.documents import (
    Assignment,
    ClassSetting,
    End,
    ExceptionDelta,
    IterationsNow,
    LogLines,
    Quota,
    ScriptMessage,
    WorkerReport,
    decode,
    encode,
    encode_message,
    plain_options,
)
from locust_like.stats.health import Blocker, Cause, RunHealth

DOCUMENTS = [
    Assignment(run=2**63 - 1, phase="run"),
    Assignment(
        run=1, phase="stop-now", counts={"A": 3}, classes={"A": ClassSetting("http://x", 0.5, 2)},
        tags=["a"], options={"shop": [1, "x", None]}, quota=Quota(7),
    ),
    WorkerReport(
        counts={"A": 1}, exceptions=[ExceptionDelta("text", "trace", 3)], listener_failures=1,
        unverified={"A": True}, data=b"\x80",
        health=RunHealth("LATE", 1.0, causes=(Cause("slow", 1.0),), blockers=(Blocker("f", 2.0),)),
    ),
    LogLines(["a", "b"], 3),
    IterationsNow(1, 2, 3, wanted=True, given_back=4),
    End(quits=True),
]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: type(document).__name__)
def test_a_document_comes_back_as_it_was(document: msgspec.Struct) -> None:
    assert decode(encode(document), type(document)) == document


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x80",
        msgspec.msgpack.encode({"run": -1.5, "phase": "run"}),
        msgspec.msgpack.encode({"run": 1, "phase": "fly"}),
        msgspec.msgpack.encode({"run": 1, "phase": "run", "counts": {"A": "many"}}),
        msgspec.msgpack.encode([1, "run"]),
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 5000,
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="Assignment cannot be read"):
        decode(data, Assignment)


@given(st.binary(max_size=200))
def test_random_bytes_only_ever_raise_the_one_error(data: bytes) -> None:
    for kind in (Assignment, WorkerReport, ScriptMessage, IterationsNow):
        try:
            decode(data, kind)
        except ValueError:
            continue


def test_a_message_that_cannot_be_sent_says_why() -> None:
    with pytest.raises(TypeError, match="the message 'greeting' cannot be sent"):
        encode_message("greeting", object())
    with pytest.raises(ValueError, match=r"the message 'greeting' has .* bytes"):
        encode_message("greeting", "x" * 2_000_000)
    assert decode(encode_message("greeting", {"a": (1, 2)}), ScriptMessage) == ScriptMessage(
        "greeting", {"a": [1, 2]}
    )


def test_options_without_a_form_stay_behind() -> None:
    assert plain_options({"a": 1, "b": object(), "c": ["x"]}) == {"a": 1, "c": ["x"]}
