"""Exceptions of failed calls that scripts written for `requests` catch, too.

Where `requests` is loaded, an exception of ours is made of a class that is also a subclass of the
one of the same meaning in `requests.exceptions`; `except` looks at base classes only, so nothing
less would do. `requests` is never imported here: a script that catches its exceptions has done so.
"""

import json
import sys
from functools import cache
from typing import Any

from locust_like import errors
from locust_like._core import escaped_text
from locust_like.errors import HTTPError, RequestError, request_error

# By our class; what is not in it is a plain RequestException.
_MEANINGS: dict[type[RequestError], str] = {
    errors.ConnectError: "ConnectionError",
    errors.DnsError: "ConnectionError",
    errors.ResetError: "ConnectionError",
    errors.ClosedEarlyError: "ConnectionError",
    errors.ProtocolError: "ConnectionError",
    errors.TlsError: "SSLError",
    errors.ProxyError: "ProxyError",
    errors.DecodeError: "ContentDecodingError",
    errors.RedirectError: "TooManyRedirects",
    errors.HTTPError: "HTTPError",
}


def call_error(code: str, message: str, response: object) -> RequestError:
    """Return the exception of a failed call.

    Args:
        code: failure class.
        message: what was tried, on what, and the reason.
        response: stands in the exception's `response`.
    """
    plain = request_error(code, message)
    error = _class_for(type(plain), code)(message)
    error.code = plain.code
    error.response = response
    return error


def status_error(message: str, response: object) -> HTTPError:
    """Return the exception of a status that counts as a failure; its message is one line."""
    error = call_error(HTTPError.code, escaped_text(message), response)
    assert isinstance(error, HTTPError)
    return error


def json_error(error: json.JSONDecodeError) -> json.JSONDecodeError:
    """Return the error of a body that is no JSON as the class that requests raises."""
    theirs = getattr(sys.modules.get("requests.exceptions"), "JSONDecodeError", None)
    if theirs is None:
        return error
    made: json.JSONDecodeError = theirs(error.msg, error.doc, error.pos)
    return made


def _class_for(ours: type[RequestError], code: str) -> type[RequestError]:
    theirs = sys.modules.get("requests.exceptions")
    if theirs is None:
        return ours
    if ours is errors.RequestTimeoutError:
        meaning = "ConnectTimeout" if code == "timeout-connect" else "ReadTimeout"
    else:
        meaning = _MEANINGS.get(ours, "RequestException")
    ours_as_key: Any = ours  # mypy takes the hash of the class for that of its instances
    return _both(ours_as_key, getattr(theirs, meaning))


@cache
def _both(ours: Any, theirs: Any) -> type[RequestError]:
    body: dict[str, Any] = {
        "__module__": ours.__module__,
        "__qualname__": ours.__qualname__,
        "__doc__": ours.__doc__,
    }
    made: type[RequestError] = type(ours.__name__, (ours, theirs), body)
    return made
