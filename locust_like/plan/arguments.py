"""Arguments of a locustfile as a form shows and sets them.

Source: Locust's web UI shows each custom argument; `is_secret`, `is_required`, `is_multiple` and
`include_in_web_ui` of `add_argument` are its words.
"""

from __future__ import annotations

import argparse
from typing import Literal, NamedTuple

Kind = Literal["text", "number", "switch", "choice", "choices", "secret"]


class CustomArgument(NamedTuple):
    """An argument that a locustfile has added, as something that a form can show and set."""

    kind: Kind
    help: str
    choices: tuple[str, ...]
    required: bool
    shown: bool
    action: argparse.Action

    def parse(self, value: object) -> object:
        """Return what the script would read if `value` had been said on the command line.

        Raises: ValueError with what is accepted.
        """
        if self.kind == "switch":
            if not isinstance(value, bool):
                raise ValueError("true or false")
            return value
        if self.kind == "choices":
            if not isinstance(value, list):
                raise ValueError(f"a list of {', '.join(self.choices) or 'texts'}")
            return [self._parse_one(str(item)) for item in value]
        if isinstance(value, bool | list):
            raise ValueError("a text" if self.kind != "number" else "a number")
        if value is None or (value == "" and not self.required):
            if self.required:
                raise ValueError("it is required")
            return None if value is None else self._parse_empty()
        return self._parse_one(f"{value:g}" if isinstance(value, float) else str(value))

    def _parse_empty(self) -> object:
        return "" if self.kind in ("text", "secret") and self.action.type is None else None

    def _parse_one(self, text: str) -> object:
        convert = self.action.type
        if callable(convert):
            try:
                value = convert(text)
            except (ValueError, TypeError, argparse.ArgumentTypeError) as error:
                name = getattr(convert, "__name__", "value")
                raise ValueError(f"something that makes a valid {name}") from error
        else:
            value = text
        if self.action.choices is not None and value not in self.action.choices:
            raise ValueError(f"one of {', '.join(self.choices)}")
        return value


def describe(action: argparse.Action) -> CustomArgument:
    """Return how a form shows an argument."""
    many = action.nargs in ("*", "+") or getattr(action, "is_multiple", False)
    kind: Kind = "text"
    if getattr(action, "is_secret", False):
        kind = "secret"
    elif action.nargs == 0:
        kind = "switch"
    elif many:
        kind = "choices"
    elif action.choices is not None:
        kind = "choice"
    elif action.type in (int, float):
        kind = "number"
    choices = tuple(str(choice) for choice in action.choices or ())
    required = bool(getattr(action, "is_required", False)) or action.required
    shown = bool(getattr(action, "include_in_web_ui", True))
    return CustomArgument(kind, action.help or "", choices, required, shown, action)
