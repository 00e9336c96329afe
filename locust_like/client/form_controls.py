"""What a form holds, and what a browser would send of it. Pure values; no page, no network.

Source: HTML Living Standard, 4.10.21 (constructing the entry list, encodings of submissions).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from locust_like.errors import FormError

_LINE_END = re.compile(r"\r\n|\r|\n")
_SUBMITTERS = frozenset({"submit", "image"})
_SWITCHES = frozenset({"checkbox", "radio"})

Entry = tuple[str, Any]
"""A name with its text; with what `files=` of requests takes for a file."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    selected: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form as the page has it.

    Attributes:
        name: as it is sent; may be empty for buttons.
        kind: type of an input; "select", "textarea".
        value: text, or what is sent while it is checked.
        checked: of checkboxes and radio buttons.
        choices: of a select.
        multiple: a select of which several options may be chosen.
        disabled: never sent.
        label: text of a button.
        overrides: formaction, formmethod and formenctype of a button.
    """

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    disabled: bool = False
    label: str = ""
    identifier: str = ""
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_button(self) -> bool:
        """Whether it submits the form."""
        return self.kind in _SUBMITTERS

    def untouched(self) -> list[Entry]:
        """Return what is sent of it when nobody touches it."""
        if self.kind in _SWITCHES:
            return [(self.name, self.value)] if self.checked else []
        if self.kind == "select":
            return [(self.name, choice.value) for choice in self._chosen()]
        if self.kind == "file":
            return [(self.name, ("", b"", "application/octet-stream"))]
        if self.kind == "hidden" and self.name.lower() == "_charset_":
            return [(self.name, "UTF-8")]
        return [(self.name, text_of(self.value))]

    def _chosen(self) -> list[Choice]:
        usable = [choice for choice in self.choices if not choice.disabled]
        chosen = [choice for choice in self.choices if choice.selected]
        if self.multiple:
            return [choice for choice in chosen if not choice.disabled]
        # The last one that says so is shown; without any, the first that can be.
        return [one for one in chosen[-1:] if not one.disabled] if chosen else usable[:1]


@dataclass(frozen=True, slots=True)
class Filling:
    """What a script says, put into the controls of a form.

    Args:
        form: how errors name the form.
        controls: in the order of the page.
    """

    form: str
    controls: tuple[Control, ...]

    def entries(
        self, fields: Mapping[str, Any], button: Control | None, *, check: bool
    ) -> list[Entry]:
        """Return the entry list.

        Args:
            fields: values by name; None leaves the field out.
            button: that is pressed.
            check: refuse what a user could not do to this form.

        Raises:
            FormError: a name or a value that the form does not have.
        """
        takers = {name: self._takers(name, check=check) for name in fields}
        filled: list[Entry] = []
        for control in self.controls:
            if control.is_button:
                filled += _pressed(control) if control is button else []
            elif control.disabled or not control.name:
                continue
            elif control in takers.get(control.name, ()):
                group = takers[control.name]
                filled += self._touched(control, group, fields[control.name], check=check)
            else:
                filled += control.untouched()
        for name, taken in takers.items():
            filled += [(name, text_of(one)) for one in _without_control(fields[name], taken)]
        return filled

    def _takers(self, name: str, *, check: bool) -> list[Control]:
        """Return the controls that a value of this name is meant for.

        A hidden field in front of a checkbox of the same name keeps what is sent while it is off.
        """
        named = [one for one in self.controls if one.name == name and not one.is_button]
        enabled = [one for one in named if not one.disabled]
        if not enabled and check:
            raise FormError(self._unknown(name, disabled=bool(named)))
        return [one for one in enabled if one.kind in _SWITCHES] or enabled

    def _unknown(self, name: str, *, disabled: bool) -> str:
        if disabled:
            return (
                f"the field {name!r} of {self.form} is disabled; check=False sends it all the same"
            )
        known = list(dict.fromkeys(one.name for one in self.controls if one.name))
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        return (
            f"{self.form} has no field {name!r}: {hint}It has {', '.join(known) or 'none'}; "
            "check=False sends others, too"
        )

    def _touched(
        self, control: Control, group: list[Control], value: Any, *, check: bool
    ) -> list[Entry]:
        if value is None:
            return []
        if control.kind in _SWITCHES:
            return self._switched(control, group, value, check=check)
        if control.kind == "select":
            return self._selected(control, value, check=check)
        place = next(i for i, one in enumerate(group) if one is control)
        values = value if isinstance(value, list) else [value]
        if len(values) > len(group) and check:
            raise FormError(
                f"{self.form} has {len(group)} field(s) {control.name!r} for {len(values)} values"
            )
        if place >= len(values):
            return control.untouched()
        mine = values[place:] if control is group[-1] else values[place : place + 1]
        if control.kind == "file":
            return [(control.name, one) for one in mine]
        return [(control.name, text_of(one)) for one in mine]

    def _switched(
        self, control: Control, group: list[Control], value: Any, *, check: bool
    ) -> list[Entry]:
        if isinstance(value, bool):
            if value and len(group) > 1 and check:
                raise FormError(self._no_value(control, "True", [one.value for one in group]))
            return [(control.name, control.value)] if value else []
        wanted = [str(one) for one in _values(value)]
        if check:
            self._check_values(control, wanted, [one.value for one in group])
        if control.kind == "radio" and len(wanted) > 1 and check:
            raise FormError(f"one value is needed for the field {control.name!r} of {self.form}")
        return [(control.name, control.value)] if control.value in wanted else []

    def _selected(self, control: Control, value: Any, *, check: bool) -> list[Entry]:
        usable = [choice for choice in control.choices if not choice.disabled]
        by_label = {choice.label: choice.value for choice in reversed(usable)}
        values = [choice.value for choice in usable]
        wanted = [
            text if text in values else by_label.get(text, text)
            for text in map(str, _values(value))
        ]
        if check:
            self._check_values(control, wanted, values, by_label)
            if len(wanted) > 1 and not control.multiple:
                raise FormError(f"one value is needed for the select {control.name!r}")
        return [(control.name, text) for text in wanted]

    def _check_values(
        self, control: Control, wanted: list[str], known: list[str], labels: Iterable[str] = ()
    ) -> None:
        for value in wanted:
            if value not in known:
                raise FormError(self._no_value(control, repr(value), known, labels))

    def _no_value(
        self, control: Control, value: str, known: list[str], labels: Iterable[str] = ()
    ) -> str:
        close = get_close_matches(value.strip("'"), [*known, *labels], 1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        shown = ", ".join(map(repr, dict.fromkeys(known))) or "none"
        return (
            f"the field {control.name!r} of {self.form} has no value {value}: {hint}It has {shown}"
        )


def find_button(form: str, controls: tuple[Control, ...], button: str | None) -> Control | None:
    """Return the button that is pressed.

    Args:
        form: how errors name it.
        controls: of the form.
        button: name, value, id or text; None = the first one, as the Enter key does.

    Raises:
        FormError: there is no such button, or it is disabled.
    """
    buttons = [one for one in controls if one.is_button]
    if button is None:
        first = buttons[0] if buttons else None
        return None if first is None or first.disabled else first
    words: tuple[Callable[[Control], str], ...] = (
        lambda one: one.name, lambda one: one.value, lambda one: one.identifier,
        lambda one: one.label,
    )  # fmt: skip
    for word in words:
        found = [one for one in buttons if word(one) == button and not one.disabled]
        if found:
            return found[0]
    shown = ", ".join(
        repr(one.value or one.label or one.name) + (" (disabled)" if one.disabled else "")
        for one in buttons
    )
    raise FormError(f"{form} has no button {button!r}: it has {shown or 'none'}")


def text_of(value: Any) -> str:
    """Return a value as it is sent; every line ends in CR LF."""
    return _LINE_END.sub("\r\n", value if isinstance(value, str) else str(value))


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _without_control(value: Any, taken: list[Control]) -> list[Any]:
    """Return the values that no control takes; there are some only where nothing is checked."""
    if not taken:
        return _values(value)
    if taken[0].kind not in _SWITCHES or isinstance(value, bool):
        return []
    known = {one.value for one in taken}
    return [one for one in _values(value) if str(one) not in known]


def _pressed(button: Control) -> list[Entry]:
    if button.kind == "image":
        front = f"{button.name}." if button.name else ""
        return [(f"{front}x", "0"), (f"{front}y", "0")]
    return [(button.name, button.value)] if button.name else []
