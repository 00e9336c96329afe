"""Which servers the requests of this process may go to: the options about targets, for the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locust_like._core import Recorder
from locust_like.errors import SourceError

if TYPE_CHECKING:
    from locust_like.plan.sources import Settings


def recorder_of(settings: Settings) -> Recorder:
    """Make the recorder of a run; sessions that it counts keep to the targets.

    Raises: SourceError with one sentence for an option that means nothing.
    """
    recorder = Recorder()
    try:
        recorder.set_targets(
            settings.words("resolve"), settings.words("block"), settings.words("allow_target")
        )
    except ValueError as error:
        raise SourceError(f"{error}.") from error
    return recorder
