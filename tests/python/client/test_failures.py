"""Every failure class is caught by the exception of the same meaning in requests."""

import subprocess
import sys

import pytest
import requests.exceptions

from locust_like import errors
from locust_like.client.failures import call_error


@pytest.mark.parametrize(
    ("code", "ours", "theirs"),
    [
        ("connect", errors.ConnectError, requests.exceptions.ConnectionError),
        ("dns", errors.DnsError, requests.exceptions.ConnectionError),
        ("reset", errors.ResetError, requests.exceptions.ConnectionError),
        ("closed-early", errors.ClosedEarlyError, requests.exceptions.ConnectionError),
        ("protocol", errors.ProtocolError, requests.exceptions.ConnectionError),
        ("tls", errors.TlsError, requests.exceptions.SSLError),
        ("timeout-connect", errors.RequestTimeoutError, requests.exceptions.ConnectTimeout),
        ("timeout-read", errors.RequestTimeoutError, requests.exceptions.ReadTimeout),
        ("timeout-total", errors.RequestTimeoutError, requests.exceptions.Timeout),
        ("decode", errors.DecodeError, requests.exceptions.ContentDecodingError),
        ("redirect", errors.RedirectError, requests.exceptions.TooManyRedirects),
        ("status", errors.HTTPError, requests.exceptions.HTTPError),
        ("too-large", errors.TooLargeError, requests.exceptions.RequestException),
        ("resources", errors.ResourcesError, requests.exceptions.RequestException),
        ("internal", errors.RequestError, requests.exceptions.RequestException),
    ],
)
def test_a_failure_is_both(
    code: str, ours: type[errors.RequestError], theirs: type[Exception]
) -> None:
    marker = object()
    error = call_error(code, "what happened", marker)
    assert isinstance(error, ours)
    assert isinstance(error, theirs)
    assert type(error).__name__ == ours.__name__
    assert (error.code, str(error), error.response) == (code, "what happened", marker)
    assert type(call_error(code, "again", None)) is type(error)


def test_requests_is_never_loaded_for_it() -> None:
    script = (
        "import sys; from locust_like.client.failures import call_error as e;"
        "from locust_like.errors import ConnectError as C;"
        "assert type(e('connect', 'x', None)) is C; assert 'requests' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
