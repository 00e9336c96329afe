"""Turns the keywords of `requests` into the few that the native session takes.

Only calls with such keywords come here; a plain `get(url)` never does, nor do the common forms of
headers, params, data and json, which `csrc/bindings/plain_arguments.h` turns into what is said
here. Everything is a pure function.

Source: requests 2.34, models.py: how params, data, json and auth become URL, body and headers.
"""

from collections.abc import Iterable, Mapping
from json import JSONEncoder
from typing import Any
from urllib.parse import urlencode

from locust_like.client.authentication import authorization_of
from locust_like.client.cookies import cookie_line
from locust_like.client.hooks import hooks_of
from locust_like.client.multipart import multipart_body
from locust_like.client.uploads import PiecesSource, Upload, body_from, file_source

NATIVE_KEYWORDS = frozenset(
    {
        "allow_redirects",
        "body",
        "catch_response",
        "context",
        "discard_body",
        "fields",
        "name",
        "stream",
        "timeout",
        "total_timeout",
        "url",
    }
)
_json_text = JSONEncoder(allow_nan=False).encode  # json.dumps() would make an encoder for each call
_TRANSLATED = frozenset({"auth", "cookies", "data", "files", "headers", "hooks", "json", "params"})

Fields = list[tuple[str, str | None]]


def native_keywords(url: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the native keywords that stand for `kwargs`.

    Args:
        url: as the script passed it.
        kwargs: what it passed besides; params, data, json, files, headers, auth (a pair), cookies
            and hooks are turned into native ones, native keywords are handed on.

    Returns:
        A new dict; `url` is in it only if it differs from the one passed.

    Raises:
        TypeError: an unknown keyword.
        ValueError: a header or a body that cannot be sent.
    """
    native = {key: value for key, value in kwargs.items() if key in NATIVE_KEYWORDS}
    _refuse_unknown(kwargs)
    if kwargs.get("params"):
        native["url"] = url_with_params(url, kwargs["params"])
    fields: Fields = []
    content_type: str | None = None
    if kwargs.get("files"):
        native["body"], content_type = multipart_body(kwargs.get("data"), kwargs["files"])
    elif kwargs.get("data") or kwargs.get("json") is not None:
        native["body"], content_type = body_of(kwargs.get("data"), kwargs.get("json"))
    if content_type is not None:
        fields.append(("Content-Type", content_type))
    if kwargs.get("auth") is not None:
        fields.append(("Authorization", authorization_of(kwargs["auth"])))
    fields = _merged(fields, kwargs.get("headers"))
    if fields:
        native["fields"] = fields
    if kwargs.get("cookies"):
        native["cookie_line"] = cookie_line(kwargs["cookies"])
    hooks = hooks_of(kwargs.get("hooks"))
    if hooks:
        native["response_hooks"] = hooks
    return native


def _refuse_unknown(kwargs: Mapping[str, Any]) -> None:
    ours = NATIVE_KEYWORDS | _TRANSLATED
    for key in kwargs:
        if key not in ours:
            msg = f"request() got an unexpected keyword argument {key!r}"
            raise TypeError(msg)


def url_with_params(url: str, params: Any) -> str:
    """Add a query to a URL; one that it has already stays.

    Args:
        url: absolute or relative; its fragment is dropped, as it is never sent.
        params: mapping or pairs (a value may be a list, None leaves its key out), or ready text.
    """
    if isinstance(params, bytes):
        query = params.decode("ascii")
    elif isinstance(params, str):
        query = params
    else:
        query = form_text(params)
    plain = url.partition("#")[0]
    if not query:
        return plain
    return f"{plain}{'&' if '?' in plain else '?'}{query}"


def merged_params(defaults: Any, params: Any) -> Any:
    """Return the parameters of a session as those of a call change them; None removes one."""
    if params is None:
        return defaults
    if isinstance(defaults, Mapping) and isinstance(params, Mapping):
        return {**defaults, **params}
    return params


def form_text(items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """Encode a mapping or pairs as application/x-www-form-urlencoded; None leaves its key out."""
    pairs = items.items() if isinstance(items, Mapping) else items
    flat: list[tuple[Any, Any]] = []
    for name, value in pairs:
        values = value if isinstance(value, list | tuple | set) else [value]
        flat.extend((name, one) for one in values if one is not None)
    return urlencode(flat)


def json_body(document: Any) -> bytes:
    """Encode a document as `json=` sends it.

    Raises:
        ValueError: the document holds NaN or an infinity, which JSON has no form for.
    """
    return _json_text(document).encode()


def body_of(data: Any, document: Any) -> tuple[bytes | Upload, str | None]:
    """Return a body and the Content-Type that goes with it.

    Args:
        data: mapping or pairs (a form), text (UTF-8), bytes, a file, or an iterable of pieces; the
            last two are read while they are sent.
        document: sent as JSON when there is no data.

    Raises:
        ValueError: the document holds NaN or an infinity, which JSON has no form for.
    """
    if not data:
        return json_body(document), "application/json"
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data), None
    if isinstance(data, str):
        return data.encode(), None
    if hasattr(data, "read"):
        return body_from(file_source(data)), None
    if isinstance(data, Mapping | list | tuple):
        return form_text(data).encode(), "application/x-www-form-urlencoded"
    if isinstance(data, Iterable):
        return body_from(PiecesSource(data)), None
    msg = f"data= takes a mapping, pairs, text, bytes, a file or an iterable, not {type(data)}"
    raise ValueError(msg)


def _merged(fields: Fields, headers: Mapping[str, Any] | None) -> Fields:
    """Return the fields that follow from other keywords, overridden by explicit headers."""
    if not headers:
        return fields
    explicit: Fields = [(header_text(name), _value(name, value)) for name, value in headers.items()]
    names = {name.lower() for name, _ in explicit}
    return [field for field in fields if field[0].lower() not in names] + explicit


def _value(name: object, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str | bytes):
        msg = f"the value of header {name!r} must be text or bytes, not {type(value).__name__}"
        raise ValueError(msg)
    return header_text(value)


def header_text(part: str | bytes) -> str:
    """Return a name or value of a header as the text that has its bytes."""
    return part.decode("latin-1") if isinstance(part, bytes) else part
