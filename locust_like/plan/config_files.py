"""Configuration files: which ones are read, and what a line of them says.

Two formats, both as ConfigArgParse reads them for Locust: lines of `key value`, `key = value` or
`key: value`, and the tables [tool.locust] and [tool.locust_like] of a TOML file. They are read here
and not by ConfigArgParse, because the file and line of each value have to be kept; see
`docs/decisions/0005-own-option-sources.md`.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from locust_like.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PYPROJECT = "pyproject.toml"
DEFAULT_FILES = ("~/.locust.conf", "locust.conf", PYPROJECT)
"""Read in this order, then `--config`; a later one wins. Source: Locust 2.47, as it behaves."""

_TABLES = ("locust", "locust-like", "locust_like")
_KEY = re.compile(r"(?P<key>[^:=;#\s]+)\s*(?:[:=\s]\s*(?P<value>.*))?")
_QUOTED = re.compile(r"""(?P<mark>["'])(?P<text>.*)(?P=mark)\s*(?:[#;].*)?""")
_COMMENT = re.compile(r"(?:^|\s+)[#;].*$")


class Entry(NamedTuple):
    """One value of a file, for example `users`, `100`, `locust.conf line 3`."""

    key: str
    texts: tuple[str, ...]
    is_list: bool
    origin: str


def read_config_files(named: str | None) -> tuple[Entry, ...]:
    """Return what the default files and the one named by `--config` say; later entries win.

    Raises: SourceError for a file that cannot be read or understood.
    """
    entries: list[Entry] = []
    for name in DEFAULT_FILES:
        path = os.path.expanduser(name)
        if os.path.isfile(path):
            entries += read_config_file(path, name)
    if named is not None:
        path = os.path.expanduser(named)
        if not os.path.exists(path):
            raise SourceError(f"could not find the configuration file {named}: no such file.")
        said = read_config_file(path, named)
        if not said and named.endswith(".toml"):
            raise SourceError(f"{named} sets nothing: options stand below [tool.locust] in it.")
        entries += said
    return tuple(entries)


def read_config_file(path: str, name: str) -> tuple[Entry, ...]:
    """Return the entries of one file; `name` is what messages call it.

    Raises: SourceError for a file that cannot be read or understood.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except OSError as error:
        raise SourceError(
            f"cannot read the configuration file {name}: {error.strerror}."
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"cannot read the configuration file {name}: it is not UTF-8 text."
        ) from error
    if "\0" in text:
        raise SourceError(f"cannot read the configuration file {name}: it is not a text file.")
    if name.endswith(".toml") or re.search(r"^\s*\[tool\.locust", text, re.MULTILINE):
        return tuple(_toml_entries(text, name))
    return tuple(_line_entries(text, name))


def _line_entries(text: str, name: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        # Headings and separators mean nothing, as in ConfigArgParse.
        if not stripped or stripped.startswith(("#", ";", "[", "---")):
            continue
        match = _KEY.fullmatch(stripped)
        if match is None:
            raise SourceError(
                f"{name}:{number}: {stripped!r} has no option in front; "
                f"write `option = value`, for example `users = 100`."
            )
        value = _unquoted(match["value"] or "") or "true"
        yield Entry(match["key"], *_as_list(value), f"{name} line {number}")


def _unquoted(value: str) -> str:
    quoted = _QUOTED.fullmatch(value)
    return quoted["text"] if quoted else _COMMENT.sub("", value).strip()


def _as_list(value: str) -> tuple[tuple[str, ...], bool]:
    """Return the texts of `[a, b]`, or the one text that it is; JSON objects stay one text."""
    if not (value.startswith("[") and value.endswith("]")) or "{" in value:
        return (value,), False
    items = (item.strip().strip("\"'") for item in value[1:-1].split(","))
    return tuple(item for item in items if item), True


def _toml_entries(text: str, name: str) -> Iterator[Entry]:
    # Parsing takes longer than everything else --help does, and most files do not speak of us.
    if "locust" not in text:
        return
    import tomllib

    try:
        tools = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{name}: {error}.") from error
    for table in _TABLES:
        values = tools.get(table, {}) if isinstance(tools, dict) else {}
        origin = f"{name} [tool.{table}]"
        if not isinstance(values, dict):
            raise SourceError(f"{origin} is no table; write options below it as `users = 100`.")
        yield from _table_entries(values, origin)


def _table_entries(values: Mapping[str, object], origin: str) -> Iterator[Entry]:
    for key, value in values.items():
        if isinstance(value, list):
            yield Entry(key, tuple(_toml_text(item) for item in value), True, origin)
        else:
            yield Entry(key, (_toml_text(value),), False, origin)


def _toml_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        import json

        return json.dumps(value)
    return str(value)
