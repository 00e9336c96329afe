"""Locust's fixtures for test functions: `session` and `fastsession`.

pytest loads this module in every process, so it imports nothing that costs time. In a plain pytest
run there is no user, and `--host` says what relative URLs are joined to; a load test gives one.

Source: Locust's pytest_locust. A plug-in that has these names already keeps them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from locust_like.client.session import FastHttpSession, HttpSession


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --host, unless another plug-in has it."""
    try:
        parser.addoption("-H", "--host", default=None, help="base URL of `session`")
    except ValueError as error:
        if "already added" not in str(error):
            raise


def pytest_configure(config: pytest.Config) -> None:
    """Offer the fixtures."""
    config.pluginmanager.register(Fixtures(config), "locust_like fixtures")


class Fixtures:
    """The fixtures, which know --host without asking pytest: users, too, set them up.

    Args:
        config: has the option.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.fixture
    def session(self, user: Any = None) -> "Iterator[HttpSession]":
        """Give an HttpSession of the user, or one of its own in a plain test."""
        from locust_like.client.session import HttpSession

        made = HttpSession(*self._place(user))
        yield made
        made.close()

    @pytest.fixture
    def fastsession(self, user: Any = None) -> "Iterator[FastHttpSession]":
        """Give a FastHttpSession of the user, or one of its own in a plain test."""
        from locust_like.client.session import FastHttpSession

        made = FastHttpSession(*self._place(user))
        yield made
        made.close()

    def _place(self, user: Any) -> tuple[str, Any, Any]:
        """Return base URL, request event and user of a session."""
        if user is not None:
            return user.host or "", user.environment.events.request, user
        from locust_like.events import Events

        return self._config.getoption("--host") or "", Events().request, None
