"""What headers and bodies of replies say about themselves: charsets, lines, links; pure."""

import codecs
import re
import sys
from collections.abc import Iterator
from email.message import Message
from typing import Any

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LINK = re.compile(r"<([^>]*)>([^<]*)")
_LINK_PARAMETER = re.compile(r';\s*([^\s=;,]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;,]*)')


def charset_of(content_type: str | None) -> str | None:
    """Return the charset parameter of a Content-Type value, or None; JSON is UTF-8."""
    if content_type is None:
        return None
    if "charset" not in content_type.lower():
        return "utf-8" if "application/json" in content_type else None
    message = Message()
    message["Content-Type"] = content_type
    charset = message.get_param("charset")
    return charset if isinstance(charset, str) else None


def probable_charset(content: bytes) -> str:
    """Return the charset that bytes seem to be in.

    A byte order mark decides, then whether they are UTF-8; after that `charset_normalizer` where
    the script has loaded it (requests does), else Windows' Latin-1.
    """
    for mark, charset in _MARKS.items():
        if content.startswith(mark):
            return charset
    if content.isascii():
        return "ascii"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        detector = sys.modules.get("charset_normalizer")
        found = detector.detect(content)["encoding"] if detector is not None else None
        return found or "windows-1252"
    return "utf-8"


def lines_of(body: Any, delimiter: Any = None) -> Iterator[Any]:
    """Give the lines of text or bytes without their ends; an empty body has none."""
    lines = body.split(delimiter) if delimiter else body.splitlines()
    if delimiter and lines and not lines[-1]:
        lines.pop()
    return iter(lines)


def links_of(header: str) -> dict[str, dict[str, str]]:
    """Parse a Link header.

    Returns:
        The parameters of each link and its `url`, by relation, or by URL where none is stated.

    Source: RFC 8288; requests' parse_header_links.
    """
    links: dict[str, dict[str, str]] = {}
    for url, parameters in _LINK.findall(header):
        link = {"url": url}
        for name, value in _LINK_PARAMETER.findall(parameters):
            link[name.lower()] = value.strip().strip('"')
        links[link.get("rel", url)] = link
    return links
