"""Turns the types of `web/schemas.py` into TypeScript.

A library that does so from JSON Schema was rejected: arrays would lose the names of their fields,
and the page would count columns by hand. Here each array type comes with an object of indices.
"""

from __future__ import annotations

import inspect

import msgspec.inspect as mi

HEADER = "// Generated from locust_like/web/schemas.py; do not edit. `make docs` says how.\n"


def typescript(types: tuple[type, ...]) -> str:
    """Return a module with one exported type for each of `types`, in their order."""
    return HEADER + "".join("\n" + _declaration(cls) for cls in types)


def _declaration(cls: type) -> str:
    info = mi.type_info(cls)
    assert isinstance(info, mi.StructType)
    doc = inspect.cleandoc(cls.__doc__ or "").splitlines()[0]
    lines = [f"/** {doc} */"]
    if info.array_like:
        fields = ", ".join(f"{field.name}: {_type(field.type)}" for field in info.fields)
        indices = ", ".join(f"{field.name}: {i}" for i, field in enumerate(info.fields))
        lines.append(f"export type {cls.__name__} = [{fields}];")
        lines.append(f"export const {_constant(cls.__name__)} = {{ {indices} }} as const;")
    else:
        lines.append(f"export interface {cls.__name__} {{")
        for field in info.fields:
            mark = "" if field.required else "?"
            lines.append(f"  {field.name}{mark}: {_type(field.type)};")
        lines.append("}")
    return "\n".join(lines) + "\n"


def _constant(name: str) -> str:
    return "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(name)).upper()


_SIMPLE: tuple[tuple[type, str], ...] = (
    (mi.IntType, "number"),
    (mi.FloatType, "number"),
    (mi.StrType, "string"),
    (mi.BoolType, "boolean"),
    (mi.NoneType, "null"),
)


def _type(info: mi.Type) -> str:
    """Return the TypeScript of one type."""
    for kind, text in _SIMPLE:
        if isinstance(info, kind):
            return text
    match info:
        case mi.Metadata():
            text = _type(info.type)
        case mi.LiteralType():
            text = " | ".join(f'"{value}"' for value in info.values)
        case mi.UnionType():
            text = " | ".join(dict.fromkeys(_type(part) for part in info.types))
        case mi.StructType():
            text = info.cls.__name__
        case mi.ListType():
            inner = _type(info.item_type)
            text = f"({inner})[]" if "|" in inner else f"{inner}[]"
        case mi.TupleType():
            text = f"[{', '.join(_type(part) for part in info.item_types)}]"
        case mi.DictType():
            text = f"Record<string, {_type(info.value_type)}>"
        case _:
            raise TypeError(f"no TypeScript for {info}")
    return text
