"""Warnings that come again and again: told the first time, then at the tenth, the hundredth ...

Whoever knocks at a master without a token does so several times a second, for as long as it likes;
a disk that is full stays so.
"""

import logging
from collections import Counter

_MOST_KINDS = 100
_logger = logging.getLogger("locust.runners")


class Notices:
    """Logs texts, with how often each was there so far."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._times: Counter[str] = Counter()

    def tell(self, text: str) -> None:
        """Log a text, unless it was told lately."""
        if text not in self._times and len(self._times) >= _MOST_KINDS:
            text = "and other warnings"
        self._times[text] += 1
        times = self._times[text]
        if times == 1:
            _logger.warning("%s", text)
        elif str(times).strip("0") == "1":
            _logger.warning("%s (%s times so far)", text, f"{times:,}")
