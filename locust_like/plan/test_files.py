"""Locustfiles in pytest's style: test functions with the fixtures `session` or `fastsession`.

pytest collects them, so its own rules say what a test is, and fixtures of a conftest.py are found.
It is imported only where a locustfile has no user class.

Source: Locust's load_locustfile_pytest.
"""

from __future__ import annotations

import inspect
import io
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

from locust_like.errors import LocustfileError
from locust_like.users.pytest_user import PytestUser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pytest


class _Collector:
    """A plugin that keeps what pytest has collected, and why it could not."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []
        self.flaws: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take the last line of what went wrong."""
        if report.failed:
            self.flaws.append(str(report.longrepr).strip().splitlines()[-1])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Take the items."""
        self.items = list(session.items)


def users_of_tests(path: Path) -> tuple[type[PytestUser], ...]:
    """Return a user class for each test function of a file; none without pytest.

    Raises: LocustfileError when pytest cannot collect them, or for a function that needs more of
        pytest than fixtures without parameters of their own.
    """
    try:
        import pytest
    except ImportError:
        return ()
    collector = _Collector()
    options = ["--collect-only", "-q", "--capture=no", "-p", "no:cacheprovider", str(path)]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        # The module is imported already, and pytest takes it as it is.
        pytest.main(options, plugins=[collector])
    if collector.flaws:
        raise LocustfileError(f"{path}: pytest cannot collect it: {collector.flaws[0]}")
    return tuple(_user_of(item) for item in collector.items if isinstance(item, pytest.Function))


def _user_of(item: pytest.Function) -> type[PytestUser]:
    if hasattr(item, "callspec"):
        raise LocustfileError(f"{item.name}: parametrized tests cannot be users.")
    names = inspect.signature(item.obj).parameters
    fixtures = {name: _fixture(item, name) for name in names}
    members: Mapping[str, Any] = {
        "__module__": item.obj.__module__,
        "function": staticmethod(item.obj),
        "fixtures": fixtures,
    }
    return type(item.name, (PytestUser,), dict(members))


def _fixture(item: pytest.Function, name: str) -> Callable[..., Any]:
    # pytest has no public way to a fixture's function.
    found = item._fixtureinfo.name2fixturedefs.get(name)
    if not found:
        raise LocustfileError(f"{item.name}: there is no fixture {name}.")
    make: Callable[..., Any] = found[-1].func
    parameters = inspect.signature(make).parameters.values()
    needed = [one.name for one in parameters if one.default is one.empty and one.name != "user"]
    if needed:
        raise LocustfileError(
            f"{item.name}: the fixture {name} needs {', '.join(needed)}; only fixtures without "
            f"parameters, or with `user`, can be used by users."
        )
    return make
