"""What master and workers tell each other, as typed values and their encoding.

The link carries them without looking inside. Everything that arrives is checked against these types
before anybody sees it; what does not fit is refused whole.

Downwards goes one document, the assignment: all that a worker is to do, as a state and never as a
step, so that only the newest counts and one that is lost is made good by the next. Upwards go
parcels, each exactly once and in order.

Source: MessagePack, decoded by msgspec into these types and nothing else (no pickle, no hooks).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct, field

from locust_like.stats.health import RunHealth

Phase = Literal["run", "paused", "stop", "stop-now", "quit"]

MOST_MESSAGE_BYTES = 1 << 20
"""How large a script's message may be."""
MOST_LOG_LINES = 500
"""How many lines of a worker's log a report carries, and the master keeps."""
BUNDLE_PART_BYTES = 512 * 1024
"""How much of a bundle one order carries."""


class ClassSetting(Struct, frozen=True):
    """What an operator may change of a user class, as far as workers need it."""

    host: str | None
    weight: float
    fixed_count: int


class Quota(Struct, frozen=True):
    """How many task executions a worker was lent in this run, in all.

    It only grows; what the worker has given back of it is the worker's to subtract.
    """

    limit: int


class Assignment(Struct, frozen=True, kw_only=True):
    """What a worker is to run now.

    Attributes:
        run: number of the run; a worker that has another one begins anew.
        start: counts the calls of `start` in this run; with each, users that have ended by
            themselves are placed again.
        counts: how many users of each class this worker runs.
        users: how many users the whole run is to have.
        is_spawned: all of them have been started, on all workers.
        classes: the settings of all classes that take part.
        options: what scripts read in `environment.parsed_options`.
        plan: hash of the locustfiles; "" if nobody knows.
        quota: None = there is no limit of executions.
    """

    run: int
    phase: Phase
    start: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    users: int = 0
    is_spawned: bool = False
    spawn_rate_per_s: float = 1.0
    host: str | None = None
    stop_timeout_s: float | None = None
    replace_users: bool = True
    tags: list[str] | None = None
    exclude_tags: list[str] | None = None
    classes: dict[str, ClassSetting] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    plan: str = ""
    quota: Quota | None = None


class ExceptionDelta(Struct, frozen=True):
    """An exception of users' code, and how often it happened since the last report."""

    message: str
    traceback: str
    count: int


class WorkerReport(Struct, frozen=True, kw_only=True):
    """What a worker's Python tells each second; what has not changed is left out.

    Attributes:
        counts: users by class; None = as before.
        listener_failures: exceptions that event listeners have raised in the whole run.
        unverified: user classes that use TLS without checking certificates, with whether their
            base URL is https.
        health: what the generator said about itself since the last report.
        data: what listeners of `report_to_master` added, encoded.
    """

    counts: dict[str, int] | None = None
    exceptions: list[ExceptionDelta] = field(default_factory=list)
    listener_exceptions: list[ExceptionDelta] = field(default_factory=list)
    listener_failures: int = 0
    unverified: dict[str, bool] = field(default_factory=dict)
    health: RunHealth | None = None
    data: bytes = b""


class LogLines(Struct, frozen=True):
    """Lines of a worker's log, and how many had to be left out before them."""

    lines: list[str]
    dropped: int = 0


class ScriptMessage(Struct, frozen=True):
    """A message that a script has sent with `send_message`."""

    type: str
    data: Any = None


class IterationsNow(Struct, frozen=True):
    """How far a worker is with its quota; `wanted` = users wait for more.

    Attributes:
        given_back: how much of the quota it has given back in all, because it cannot use it.
    """

    run: int
    taken: int
    done: int
    wanted: bool
    given_back: int = 0


class End(Struct, frozen=True):
    """A script on a worker asks for the end of the test, or also of all processes."""

    quits: bool


class Ready(Struct, frozen=True):
    """A worker has imported its locustfile and can run users; said after each admission.

    Attributes:
        plan: hash of the locustfiles; "" if nobody knows.
    """

    plan: str = ""


class Failure(Struct, frozen=True):
    """A worker cannot use the locustfile, and ends; the traceback is empty if there is none."""

    message: str
    traceback: str = ""


class BundleRequest(Struct, frozen=True):
    """A worker asks for a part of the locustfile bundle."""

    part: int


class BundlePart(Struct, frozen=True):
    """A part of the bundle, or why there is none.

    Attributes:
        sha256: of the whole bundle.
        parts: of how many this is one.
    """

    part: int
    parts: int
    sha256: str
    data: bytes
    refusal: str = ""


_T = TypeVar("_T")
_encoder = msgspec.msgpack.Encoder()


def encode(document: Struct) -> bytes:
    """Return the bytes of a document.

    Raises: TypeError for something in it that has no form in MessagePack.
    """
    return _encoder.encode(document)


def decode(data: bytes, kind: type[_T]) -> _T:
    """Return the document in these bytes.

    Raises: ValueError with one sentence when they are no such document.
    """
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"{kind.__name__} cannot be read: {error}") from error


def encode_message(message_type: str, data: object) -> bytes:
    """Return the bytes of a script's message.

    Raises: ValueError or TypeError with one sentence, for the script.
    """
    try:
        encoded = encode(ScriptMessage(message_type, data))
    except TypeError as error:
        raise TypeError(f"the message {message_type!r} cannot be sent: {error}") from error
    if len(encoded) > MOST_MESSAGE_BYTES:
        raise ValueError(
            f"the message {message_type!r} has {len(encoded):,} bytes; at most "
            f"{MOST_MESSAGE_BYTES:,} can be sent."
        )
    return encoded


def plain_options(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values that can travel; what has no form stays behind."""
    plain = {}
    for name, value in values.items():
        try:
            _encoder.encode(value)
        except TypeError:
            continue
        plain[name] = value
    return plain
