"""Secrets in texts that people will see; what counts as one is told in `csrc/base/masking.h`.

Names made of URLs, failures and captured calls are masked by the core before they are counted.
What Python tells besides, exceptions and the log, is masked here.
"""

from __future__ import annotations

import logging

from locust_like._core import masked_text as masked

__all__ = ["MaskingFormatter", "masked"]


class MaskingFormatter(logging.Formatter):
    """Formats records for whoever reads a log: without passwords, tokens and cookies."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback if there is one."""
        return masked(super().format(record))
