"""Forms of pages: `client.submit_form(response, fields)`.

What is sent is what a browser would send when a user had opened the page, changed these fields and
pressed Enter or a button: hidden fields with their tokens, what is checked and selected, the
button's name, a Referer. Scripts of the page are not run.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from locust_like.client.form_controls import Control, Entry, Filling, find_button
from locust_like.client.form_reading import Form, find_form, resolve
from locust_like.client.response import Response
from locust_like.errors import FormError

_MULTIPART, _PLAIN = "multipart/form-data", "text/plain"


class FormCalls:
    """What a session has for forms; mixed into a class with `request()` and `base_url`."""

    __slots__ = ()

    if TYPE_CHECKING:
        base_url: str

        def request(self, method: str, url: str, **kwargs: Any) -> Response:
            """Send any method."""

    def submit_form(
        self,
        page: Any,
        fields: Mapping[str, Any] | None = None,
        *,
        form: int | str | None = None,
        button: str | None = None,
        check: bool = True,
        **kwargs: Any,
    ) -> Response:
        """Fill in a form of a page and submit it, as a browser does.

        Args:
            page: the response that holds the form.
            fields: values by name. True or False for a checkbox, a list for several values, what
                `files=` takes for a file, None to leave a field out; every other field is sent as
                the page has it.
            form: name, id, CSS selector or place (from 0); None = the only form of the page.
            button: name, value, id or text of the button; None = the first one.
            check: refuse names and values that the form does not have. False sends them, for
                forms that scripts of the page would change.
            kwargs: as for `request()`, for example `name` and `catch_response`.

        Returns:
            The response of the submission, redirects followed.

        Raises:
            FormError: no form, several, an unknown field, value or button; nothing was sent.
            MissingLibraryError: the parser is not installed.

        Example:
            page = self.client.get("/login")
            self.client.submit_form(page, {"user": "ada", "password": "x"}, name="/login")
        """
        page_url = str(page.url)
        _check_came(page, page_url)
        found = find_form(page.html, page_url, form)
        pressed = find_button(found.label, found.controls, button)
        filling = Filling(found.label, found.controls)
        entries = filling.entries(fields or {}, pressed, check=check)
        method, url, keywords = _submission(found, pressed, page_url, entries)
        keywords["headers"] = _overridden(keywords["headers"], kwargs.pop("headers", None) or {})
        # By its path where it can be, so that rows have the names that links to it have.
        base = self.base_url.rstrip("/")
        if base and url.startswith(f"{base}/"):
            url = url.removeprefix(base)
        return self.request(method, url, **{**keywords, **kwargs})


def _check_came(page: Any, page_url: str) -> None:
    if page.error is not None and not page.content:
        raise FormError(f"there is no form, as {page_url} did not come: {page.error}")
    if not page.content:
        raise FormError(f"there is no form in {page_url}: its body is empty or was discarded")


def _submission(
    form: Form, button: Control | None, page_url: str, entries: list[Entry]
) -> tuple[str, str, dict[str, Any]]:
    """Return method, URL and keywords of the request."""
    overrides: Mapping[str, str] = {} if button is None else button.overrides
    method = overrides.get("formmethod", form.method).lower()
    method = method if method in ("post", "dialog") else "get"
    enctype = overrides.get("formenctype", form.enctype).lower()
    url = form.action
    if overrides.get("formaction"):
        url = resolve(form.base, page_url, overrides["formaction"])
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or method == "dialog":
        what = "a dialog" if method == "dialog" else repr(url)
        raise FormError(f"{form.label} leads to {what}, which is no request")
    headers = {"Referer": _referrer(page_url, url)}
    if method == "get":
        query = urlencode(_texts(entries))
        return "GET", urlunsplit(parts._replace(query=query)), {"headers": headers}
    if enctype == _MULTIPART:
        files = [(name, _part(value)) for name, value in entries]
        if files:
            return "POST", url, {"files": files, "headers": headers}
    if enctype == _PLAIN:
        text = "".join(f"{name}={value}\r\n" for name, value in _texts(entries))
        return "POST", url, {"data": text.encode(), "headers": {"Content-Type": _PLAIN, **headers}}
    kind = "application/x-www-form-urlencoded"
    body = urlencode(_texts(entries)).encode()
    return "POST", url, {"data": body, "headers": {"Content-Type": kind, **headers}}


def _overridden(ours: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return our headers that have a value, less those that the script gives itself."""
    named = {name.lower() for name in given}
    kept = {name: value for name, value in ours.items() if value and name.lower() not in named}
    return {**kept, **given}


def _texts(entries: list[Entry]) -> list[tuple[str, str]]:
    """Return the entries with the names of files in place of the files."""
    return [
        (name, value if isinstance(value, str) else _file_name(value)) for name, value in entries
    ]


def _file_name(file: Any) -> str:
    name = file[0] if isinstance(file, tuple) else getattr(file, "name", "")
    return str(name or "")


def _part(value: Any) -> Any:
    return (None, value) if isinstance(value, str) else value


def _referrer(page_url: str, url: str) -> str:
    """Return the Referer; "" for none.

    Source: Referrer Policy, strict-origin-when-cross-origin, the default of browsers.
    """
    page, target = urlsplit(page_url), urlsplit(url)
    if page.scheme == "https" and target.scheme != "https":
        return ""
    host = page.netloc.rpartition("@")[2]
    if (page.scheme, page.netloc) != (target.scheme, target.netloc):
        return f"{page.scheme}://{host}/"
    return urlunsplit((page.scheme, host, page.path, page.query, ""))
