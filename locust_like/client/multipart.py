"""Bodies of type multipart/form-data: what `files=` of requests becomes.

Source: requests 2.34, models.py (`_encode_files`); RFC 7578; names are escaped as HTML says.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from locust_like.client.uploads import BytesSource, Source, Upload, body_from, file_source

_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


class Part(NamedTuple):
    """One field of a form.

    Attributes:
        name: of the field.
        source: what is sent.
        file_name: None for a plain field.
        content_type: None: not stated.
        headers: further header fields of the part.
    """

    name: str
    source: Source
    file_name: str | None = None
    content_type: str | None = None
    headers: Mapping[str, str] = {}


def multipart_body(data: Any, files: Any) -> tuple[bytes | Upload, str]:
    """Return a form with files, and its Content-Type; files are read while they are sent.

    Args:
        data: mapping or pairs; a value may be a list, None leaves its key out.
        files: mapping or pairs of a field name and a file, text or bytes, or of a tuple
            (file name, content, content type, headers) of two to four items.

    Raises:
        ValueError: `data` is text, which cannot be part of a form.
    """
    boundary = secrets.token_hex(16)
    parts = [*_data_parts(data), *_file_parts(files)]
    sources: list[Source] = []
    for part in parts:
        sources += [BytesSource(_head(part, boundary)), part.source, BytesSource(b"\r\n")]
    body = body_from(*sources, BytesSource(f"--{boundary}--\r\n".encode()))
    return body, f"multipart/form-data; boundary={boundary}"


def _pairs(items: Any) -> Iterable[tuple[Any, Any]]:
    return items.items() if isinstance(items, Mapping) else items or ()


def _data_parts(data: Any) -> Iterable[Part]:
    if isinstance(data, str | bytes):
        msg = "data= must be a mapping or pairs where files= is given"
        raise ValueError(msg)
    for name, value in _pairs(data):
        values = value if isinstance(value, list | tuple | set) else [value]
        for one in values:
            if one is not None:
                content = one if isinstance(one, bytes) else str(one).encode()
                yield Part(_text(name), BytesSource(content))


def _file_parts(files: Any) -> Iterable[Part]:
    for name, value in _pairs(files):
        given = value if isinstance(value, tuple | list) else (_file_name(value) or name, value)
        file_name, content, content_type, headers = (*given, None, None)[:4]
        if content is not None:
            yield Part(_text(name), _source(content), file_name, content_type, headers or {})


def _file_name(file: Any) -> str | None:
    name = getattr(file, "name", None)
    if isinstance(name, str) and name and not (name[0] == "<" and name[-1] == ">"):
        return os.path.basename(name)
    return None


def _source(content: Any) -> Source:
    if hasattr(content, "read"):
        return file_source(content)
    return BytesSource(content.encode() if isinstance(content, str) else bytes(content))


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _head(part: Part, boundary: str) -> bytes:
    disposition = f'form-data; name="{part.name.translate(_ESCAPES)}"'
    if part.file_name is not None:
        disposition += f'; filename="{_text(part.file_name).translate(_ESCAPES)}"'
    fields = {"Content-Disposition": disposition}
    if part.content_type:
        fields["Content-Type"] = part.content_type
    fields.update(part.headers)
    for name, value in fields.items():
        if any(c in f"{name}{value}" for c in "\r\n\0"):
            msg = f"CR, LF or NUL in header {name!r} of form field {part.name!r}"
            raise ValueError(msg)
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"--{boundary}\r\n{lines}\r\n".encode()
