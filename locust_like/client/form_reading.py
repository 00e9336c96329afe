"""Finds the forms of a page, and reads what is in them.

Which control belongs to which form is HTML's own rule: by `form=`, by being inside, or by following
a form that a table has pushed its fields out of.

Source: HTML Living Standard, 4.10 and 13.2.6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin

from locust_like.client.form_controls import Choice, Control
from locust_like.errors import FormError

_NO_FIELDS = frozenset({"button", "reset"})
_TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr"})
_SHOWN_FORMS = 10


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a page.

    Attributes:
        label: how errors name it.
        base: what the page's relative URLs are joined to.
        action: absolute URL without fragment.
        method: "get", "post" or "dialog".
        enctype: of its body.
        controls: in the order of the page.
    """

    label: str
    base: str
    action: str
    method: str
    enctype: str
    controls: tuple[Control, ...]


def find_form(page: Any, page_url: str, which: int | str | None) -> Form:
    """Read a form of a page.

    Args:
        page: the parsed page.
        page_url: where it came from.
        which: place among the forms, from 0; name, id or CSS selector; None = the only one.

    Raises:
        FormError: there is none, or several; the text says which there are.
    """
    forms = page.css("form")
    node = _chosen(page, forms, page_url, which)
    attributes = node.attributes
    base_node = page.css_first("base[href]")
    base = urljoin(page_url, base_node.attributes["href"] or "") if base_node else page_url
    action = (attributes.get("action") or "").strip()
    return Form(
        f"the form {_label(forms, node)} of {page_url}",
        base,
        resolve(base, page_url, action),
        _method(attributes.get("method")),
        (attributes.get("enctype") or "").strip().lower(),
        tuple(_control(one) for one in _owned(page, node)),
    )


def resolve(base: str, page_url: str, action: str) -> str:
    """Return where a form goes: relative to the page's base; without an action, to the page."""
    return urldefrag(urljoin(base, action) if action else page_url).url


def _method(word: str | None) -> str:
    method = (word or "").strip().lower()
    return method if method in ("post", "dialog") else "get"


def _chosen(page: Any, forms: list[Any], page_url: str, which: int | str | None) -> Any:
    if not forms:
        raise FormError(f"there is no form in {page_url}")
    if which is None:
        found = forms
    elif isinstance(which, int):
        found = forms[which : which + 1] if which >= 0 else forms[which:][:1]
    else:
        found = [one for one in forms if which in (_word(one, "name"), _word(one, "id"))]
        found = found or _selected(page, which)
    if len(found) == 1:
        return found[0]
    shown = "; ".join(_description(forms, one) for one in forms[:_SHOWN_FORMS])
    many = f"{len(found)} forms" if found else "no form"
    asked = "" if which is None else f" for form={which!r}"
    raise FormError(
        f"{many}{asked} in {page_url}; form= takes a name, id, CSS selector or place: {shown}"
    )


def _selected(page: Any, selector: str) -> list[Any]:
    try:
        return [one for one in page.css(selector) if one.tag == "form"]
    except Exception as error:  # the parser's own, which is not to be imported for its name
        raise FormError(f"form={selector!r} is no CSS selector: {error}") from error


def _word(node: Any, name: str) -> str | None:
    word: str | None = node.attributes.get(name)
    return word or None


def _label(forms: list[Any], node: Any) -> str:
    word = _word(node, "id") or _word(node, "name")
    return repr(word) if word else str(_place(forms, node))


def _place(forms: list[Any], node: Any) -> int:
    return next(i for i, one in enumerate(forms) if one.mem_id == node.mem_id)


def _description(forms: list[Any], node: Any) -> str:
    action = _word(node, "action") or "the page itself"
    return f"{_label(forms, node)} ({_method(_word(node, 'method')).upper()} {action})"


def _owned(page: Any, form: Any) -> Iterator[Any]:
    """Yield the fields of a form in the order of the page."""
    emptied: Any = None  # a form in a table: its fields stand behind it, in the cells
    for node in page.css("form, input, select, textarea, button"):
        if node.tag == "form":
            in_table = node.parent is not None and node.parent.tag in _TABLE_PARTS
            emptied = node if in_table and node.child is None else None
            continue
        owner = _owner(page, node)
        if owner is None and emptied is not None and _inside(node, emptied.parent):
            owner = emptied
        kind = (_word(node, "type") or "").lower()
        if owner is not None and owner.mem_id == form.mem_id and not _is_fieldless(node, kind):
            yield node


def _is_fieldless(node: Any, kind: str) -> bool:
    return kind in _NO_FIELDS or any(one.tag == "datalist" for one in _ancestors(node))


def _owner(page: Any, node: Any) -> Any:
    named = node.attributes.get("form")
    if named is not None:
        return next((one for one in page.css("form") if _word(one, "id") == named), None)
    return next((one for one in _ancestors(node) if one.tag == "form"), None)


def _ancestors(node: Any) -> Iterator[Any]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _inside(node: Any, outer: Any) -> bool:
    return any(one.mem_id == outer.mem_id for one in _ancestors(node))


def _control(node: Any) -> Control:
    attributes = node.attributes
    name, value = attributes.get("name") or "", attributes.get("value")
    common: dict[str, Any] = {"name": name, "disabled": _is_disabled(node)}
    if node.tag == "select":
        choices = tuple(_choice(option) for option in node.css("option"))
        return Control(kind="select", choices=choices, multiple="multiple" in attributes, **common)
    if node.tag == "textarea":
        return Control(kind="textarea", value=node.text(), **common)
    kind = (attributes.get("type") or ("text" if node.tag == "input" else "submit")).lower()
    if kind in ("checkbox", "radio"):
        return Control(
            kind=kind,
            value="on" if value is None and "value" not in attributes else value or "",
            checked="checked" in attributes,
            **common,
        )
    if node.tag == "button" or kind in ("submit", "image"):
        words = ("formaction", "formmethod", "formenctype")
        untitled = "Submit" if node.tag == "input" and kind == "submit" else ""
        return Control(
            kind="image" if kind == "image" else "submit",
            value=value or ("" if "value" in attributes else untitled),
            label=" ".join(node.text().split()),
            identifier=attributes.get("id") or "",
            overrides={word: attributes.get(word) or "" for word in words if word in attributes},
            **common,
        )
    return Control(kind=kind, value=value or "", **common)


def _choice(option: Any) -> Choice:
    label = " ".join(option.text().split())
    value = option.attributes.get("value")
    group = option.parent
    in_disabled_group = (
        group is not None and group.tag == "optgroup" and "disabled" in group.attributes
    )
    return Choice(
        label if "value" not in option.attributes else value or "",
        label,
        selected="selected" in option.attributes,
        disabled="disabled" in option.attributes or in_disabled_group,
    )


def _is_disabled(node: Any) -> bool:
    """Tell whether the control, or a fieldset around it, is disabled; its first legend is not."""
    if "disabled" in node.attributes:
        return True
    inner = node
    for outer in _ancestors(node):
        if outer.tag == "fieldset" and "disabled" in outer.attributes:
            legend = next((one for one in outer.iter() if one.tag == "legend"), None)
            if legend is None or legend.mem_id != inner.mem_id:
                return True
        inner = outer
    return False
