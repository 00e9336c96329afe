"""What all users of other protocols share."""

import sys

import pytest

import locust_like
from locust_like.contrib import extra, request_hook
from locust_like.events import Events


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(
            ImportError, match=r"^psycopg is not .* 'locust_like\[postgres\]' brings it$"
        ),
        extra("postgres"),
    ):
        import psycopg  # noqa: F401 - it is not there


def test_an_error_inside_of_a_library_stays_what_it_is() -> None:
    with pytest.raises(ImportError, match="inside"), extra("postgres"):
        raise ImportError("inside")


def test_clients_without_an_environment_report_to_the_command_line() -> None:
    assert request_hook(None) is locust_like.events.request


def test_clients_report_to_events_that_a_script_puts_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locust_like, "events", Events())
    assert request_hook(None) is locust_like.events.request
    given = Events().request
    assert request_hook(given) is given
