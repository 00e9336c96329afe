"""The exception tree: who is what, and which failure class becomes which exception."""

import importlib
import inspect
import pkgutil
import re

import pytest

import locust_like
from locust_like import errors

SIGNALS = [
    errors.InterruptTaskSet,
    errors.RescheduleTask,
    errors.RescheduleTaskImmediately,
    errors.StopTest,
    errors.StopUser,
]


@pytest.mark.parametrize("signal", SIGNALS)
def test_signals_steer_and_are_no_errors_of_ours(signal: type[Exception]) -> None:
    assert issubclass(signal, errors.TaskSignal)
    assert not issubclass(signal, errors.LocustError)
    assert signal().steers_task is True


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("connect", ConnectionError),
        ("dns", ConnectionError),
        ("tls", ConnectionError),
        ("reset", ConnectionResetError),
        ("timeout-connect", TimeoutError),
        ("timeout-read", TimeoutError),
        ("timeout-total", TimeoutError),
        ("status", errors.HTTPError),
        ("redirect", errors.RedirectError),
    ],
)
def test_request_error_is_also_what_python_calls_it(
    code: str, expected: type[BaseException]
) -> None:
    error = errors.request_error(code, "what happened")
    assert isinstance(error, expected)
    assert isinstance(error, errors.RequestError)
    assert (error.code, str(error)) == (code, "what happened")


def test_every_request_error_has_a_code_of_its_own_in_the_table() -> None:
    failures = [
        cls
        for cls in vars(errors).values()
        if inspect.isclass(cls)
        and issubclass(cls, errors.RequestError)
        and cls is not errors.RequestError
    ]
    assert len({cls.code for cls in failures}) == len(failures) > 0
    for cls in failures:
        assert type(errors.request_error(cls.code, "")) is cls


def test_an_unknown_failure_class_gives_the_plain_error() -> None:
    error = errors.request_error("internal", "text")
    assert type(error) is errors.RequestError
    assert error.code == "internal"


def test_only_response_error_is_a_verdict_by_being_raised() -> None:
    assert not issubclass(errors.CatchResponseError, errors.ResponseError)


def test_interrupt_reschedules_by_default() -> None:
    assert errors.InterruptTaskSet().reschedule is True
    assert errors.InterruptTaskSet(reschedule=False).reschedule is False


def test_the_tree_shows_every_exception_of_the_package() -> None:
    """Modules are imported for their classes; the tree's lines are names at any depth."""
    for module in pkgutil.walk_packages(locust_like.__path__, "locust_like."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert {cls.__name__ for cls in _all_below(Exception)} == drawn


def _all_below(cls: type[BaseException]) -> set[type[BaseException]]:
    below: set[type[BaseException]] = set()
    for child in cls.__subclasses__():
        below |= _all_below(child)
        if child.__module__.startswith("locust_like"):
            below.add(child)
    return below
