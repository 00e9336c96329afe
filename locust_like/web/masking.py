"""Secrets in texts that people will see: logs, failures, tracebacks."""

from __future__ import annotations

import re

MASK = "***"

_HEADERS = re.compile(
    r"(?i)\b(authorization|proxy-authorization|cookie|set-cookie|x-csrf-token)"
    r"(['\"]?\s*[:=,]\s*['\"]?)[^'\"\r\n]+"
)
_USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s:@]+:[^/\s@]+@")
_QUERY = re.compile(
    r"(?i)([?&;](?:[a-z0-9_-]*token|key|api[_-]?key|sig|signature|password|passwd|secret|code)=)"
    r"[^&\s#'\"]+"
)


def masked(text: str) -> str:
    """Return a text without passwords, tokens and cookies.

    What is masked: values of headers that carry credentials, `user:password@` in URLs, and the
    values of query fields that are named like secrets.
    """
    text = _HEADERS.sub(rf"\1\2{MASK}", text)
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    return _QUERY.sub(rf"\1{MASK}", text)
