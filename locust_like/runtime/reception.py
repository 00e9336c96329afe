"""Where a master takes in what workers' Python sends: reports, logs, messages, wishes.

Whatever cannot be understood raises ValueError, and its sender is shown the door.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

import gevent
import msgspec

from locust_like._version import __version__
from locust_like.runtime.documents import (
    BundlePart,
    BundleRequest,
    End,
    Failure,
    IterationsNow,
    LogLines,
    Ready,
    ScriptMessage,
    WorkerReport,
    decode,
    encode,
)
from locust_like.runtime.exceptions import count_exception
from locust_like.runtime.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like.runtime.crew import Crew
    from locust_like.runtime.master import MasterRunner
    from locust_like.runtime.messages import Courier

_logger = logging.getLogger("locust.runners")


class PartOfBundle(Protocol):
    """Returns a part of the locustfile bundle; see `plan.bundle`."""

    def __call__(self, part: int) -> BundlePart:
        """Return the part, or a refusal."""


class Reception:
    """Takes parcels in the order of their arrival.

    Args:
        runner: the master's.
        crew: who the senders are.
        courier: calls what scripts have to say about a parcel.
        bundle: where locustfiles come from; None = this master sends none.
        plan: hash of the master's own locustfiles.
    """

    def __init__(
        self,
        runner: MasterRunner,
        crew: Crew,
        courier: Courier,
        bundle: PartOfBundle | None,
        plan: str,
    ) -> None:
        """Take nothing yet."""
        self._runner = runner
        self._crew = crew
        self._courier = courier
        self._bundle = bundle
        self._plan = plan
        self._by_kind: dict[str, Callable[[int, bytes], None]] = {
            "ready": self._ready,
            "failure": self._failure,
            "report": self._report,
            "log": self._log,
            "message": self._message,
            "iterations": self._iterations,
            "end": self._end,
            "bundle": self._send_bundle,
        }

    def take(self, index: int, kind: str, document: bytes) -> None:
        """Take a parcel of a worker.

        Raises: ValueError with one sentence when it cannot be understood.
        """
        if kind not in self._by_kind:
            raise ValueError(f"a parcel of the unknown kind {kind[:100]!r}")
        self._by_kind[kind](index, document)

    def _ready(self, index: int, document: bytes) -> None:
        plan, member = decode(document, Ready).plan, self._crew[index]
        is_other = "" != plan != self._plan != ""
        is_news = self._crew.make_ready(index, has_other_locustfile=is_other)
        if is_other:
            _logger.warning(
                "worker %s has another locustfile than this master; copy it there, or start the "
                "worker with -f -",
                member.client_id,
            )
        if is_news and member.product_version != __version__:
            _logger.warning(
                "worker %s has version %s of locust_like, this master %s; install the same on both",
                member.client_id,
                member.product_version,
                __version__,
            )
        if is_news:
            self._runner.welcome(member)

    def _failure(self, index: int, document: bytes) -> None:
        failure, name = decode(document, Failure), self._crew[index].client_id
        text = f"worker {name} cannot use the locustfile: {failure.message}\n{failure.traceback}"
        _logger.error("%s", text.rstrip())

    def _report(self, index: int, document: bytes) -> None:
        report = decode(document, WorkerReport)
        data = _extra(report.data)
        self._crew.report(index, report)
        name = self._crew[index].client_id
        environment = self._runner.environment
        for rows, deltas in (
            (self._runner.exceptions, report.exceptions),
            (environment.listener_exceptions, report.listener_exceptions),
        ):
            for one in deltas:
                count_exception(rows, name, one.message, one.traceback, times=one.count)
        environment.events.request.unverified.update(report.unverified)
        member = self._crew[index]
        data |= {
            "user_count": sum(member.counts.values()),
            "user_classes_count": dict(member.counts),
        }
        fire = environment.events.worker_report.fire
        self._courier.put("worker_report", lambda: fire(client_id=name, data=data))

    def _log(self, index: int, document: bytes) -> None:
        self._crew.log(index, decode(document, LogLines))

    def _message(self, index: int, document: bytes) -> None:
        sent = decode(document, ScriptMessage)
        message = Message(sent.type, sent.data, self._crew[index].client_id)
        self._runner.deliver(message, self._courier)

    def _iterations(self, index: int, document: bytes) -> None:
        self._runner.lending.report(index, decode(document, IterationsNow))

    def _end(self, index: int, document: bytes) -> None:
        end = decode(document, End)
        _logger.info("%s asks for the end of the test", self._crew[index].client_id)
        gevent.spawn(self._runner.quit if end.quits else self._runner.stop)

    def _send_bundle(self, index: int, document: bytes) -> None:
        part = decode(document, BundleRequest).part
        if self._bundle is None:
            found = BundlePart(part, 0, "", b"", refusal="this master has no locustfile to send")
        else:
            found = self._bundle(part)
        self._runner.send_to(index, "bundle", encode(found))


def _extra(data: bytes) -> dict[str, Any]:
    """Return what listeners of `report_to_master` have added."""
    if not data:
        return {}
    try:
        return msgspec.msgpack.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"the data of a report cannot be read: {error}") from error
