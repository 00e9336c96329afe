"""Calls to JSON interfaces that judge themselves: `rest()` and `rest_()`.

Source: Locust's FastHttpSession; the texts of failures are the same.
"""

import json
import time
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locust_like.client.response import Response

_SHOWN_OF_BODY = 250
_SHOWN_OF_RESPONSE = 200


class RestCalls:
    """What a session has for JSON interfaces; mixed into a class with `request()`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def request(self, method: str, url: str, **kwargs: Any) -> Response:
            """Send any method."""

    @contextmanager
    def rest(
        self, method: str, url: str, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> Iterator[Response]:
        """Call a JSON interface; an exception in the block is a failure of the call.

        The reply's document is `response.js` (None where there is none). An AssertionError gives
        its message; one that ends in a comma is completed by the body.

        Args:
            method: HTTP method.
            url: as for `request()`.
            headers: Content-Type and Accept are application/json unless given.
            kwargs: as for `request()`.

        Example:
            with self.client.rest("POST", "/items", json={"name": "x"}) as response:
                assert response.js["id"] > 0, "no id,"
        """
        fields = {"Content-Type": "application/json", "Accept": "application/json"}
        named = {name.lower() for name in headers or {}}
        kept = {name: value for name, value in fields.items() if name.lower() not in named}
        with self.request(
            method, url, catch_response=True, headers={**(headers or {}), **kept}, **kwargs
        ) as response:
            _read_document(response)
            try:
                yield response
            except AssertionError as error:
                response.failure(_assertion_text(error, response))
            except Exception as error:  # noqa: BLE001 - whatever the block raised is the verdict
                response.failure(_error_text(error, response))

    def rest_(
        self, method: str, url: str, name: str | None = None, **kwargs: Any
    ) -> AbstractContextManager[Response]:
        """Do what `rest()` does, with a parameter that no cache has seen: `_=MILLISECONDS`.

        Args:
            method: HTTP method.
            url: without that parameter.
            name: None = the URL with `_=...`.
            kwargs: as for `request()`.
        """
        fresh, usual_name = fresh_url(url)
        return self.rest(method, fresh, name=name or usual_name, **kwargs)


def fresh_url(url: str) -> tuple[str, str]:
    """Return a URL with a parameter that no cache has seen, and the name that calls of it share."""
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}_={int(time.time() * 1000)}", f"{url}{joint}_=..."


def _read_document(response: Response) -> None:
    response.js = None
    if response.content is None:
        response.failure(str(response.error))
    elif response.text:
        try:
            response.js = response.json()
        except json.JSONDecodeError as error:
            response.failure(
                f"Could not parse response as JSON. {response.text[:_SHOWN_OF_BODY]}, "
                f"response code {response.status_code}, error {error}"
            )


def _assertion_text(error: AssertionError, response: Response) -> str:
    if not error.args:
        return "Assertion failed"
    text = str(error.args[0])
    if text.endswith(","):
        return f"{text[:-1]}, response was {response.text[:_SHOWN_OF_RESPONSE]}"
    return text


def _error_text(error: Exception, response: Response) -> str:
    home = f"{Path.home()}/"
    places = ", ".join(
        f"{frame.filename.replace(home, '~/')}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[1:]
    )
    shown = response.text[:_SHOWN_OF_RESPONSE]
    return f"{type(error).__name__}: {error} at {places}. Response was {shown}"
