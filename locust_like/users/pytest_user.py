"""Users made of pytest's test functions.

A test function is the one task of a user class, called with what its fixtures give. How functions
are found is in `plan/test_files.py`.

Source: Locust's PytestUser. We differ in that a function may have several fixtures, that an
exception is reported like one of any task (Locust's user dies of it), and in that fixtures are torn
down when the user stops.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar

from locust_like.errors import CatchResponseError, RequestError
from locust_like.interfaces import EnvironmentLike
from locust_like.users.tasks import task, untaggable
from locust_like.users.user import User


class PytestUser(User):
    """A user whose task is a test function.

    Attributes:
        function: the test function.
        fixtures: the functions of its fixtures, by parameter; one with a parameter `user` gets the
            user.
    """

    abstract: ClassVar[bool] = True
    function: ClassVar[Callable[..., object]]
    fixtures: ClassVar[Mapping[str, Callable[..., Any]]] = {}

    def __init__(self, environment: EnvironmentLike) -> None:
        """Set no fixture up yet."""
        super().__init__(environment)
        self._values: dict[str, Any] = {}
        self._open: list[Iterator[Any]] = []

    def on_start(self) -> None:
        """Set the fixtures up."""
        self._values = {name: self._set_up(make) for name, make in self.fixtures.items()}

    def on_stop(self) -> None:
        """Tear the fixtures down, the last one first."""
        while self._open:
            next(self._open.pop(), None)

    @untaggable
    @task
    def call_function(self) -> None:
        """Call the test function; a failure of a request is counted already."""
        with suppress(RequestError, CatchResponseError):
            type(self).function(**self._values)

    def _set_up(self, make: Callable[..., Any]) -> Any:
        takes_user = "user" in inspect.signature(make).parameters
        made = make(self) if takes_user else make()
        if not inspect.isgenerator(made):
            return made
        self._open.append(made)
        return next(made)
