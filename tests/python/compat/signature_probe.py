"""Prints Locust's public names, members of classes included, with their parameters, as JSON.

Run by the Python of real Locust without arguments, and by ours with the list of names to look up.
A name is `module:name` or `module:class.member`; a parameter is [name, kind, default].
"""

import importlib
import inspect
import json
import pkgutil
import sys
from enum import Enum
from types import ModuleType
from typing import Any

PREFIX = "locust."


def parameters_of(value: object) -> list[list[Any]] | None:
    if not callable(value):
        return None
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    return [
        [one.name, one.kind.name, None if one.default is one.empty else default_text(one.default)]
        for one in signature.parameters.values()
        if one.name not in ("self", "cls")
    ]


def default_text(default: object) -> str:
    if inspect.isclass(default) or callable(default):
        return getattr(default, "__name__", "callable")
    return repr(default.value if isinstance(default, Enum) else default)


def names_of(module: ModuleType) -> list[str]:
    """Return what a module makes itself, and what it has of Locust's other modules."""
    exported = getattr(module, "__all__", ())
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and name not in ("TYPE_CHECKING", "UTC")
        and not inspect.ismodule(value)
        and (name in exported or is_locusts(getattr(value, "__module__", None)))
    ]


def is_locusts(module: str | None) -> bool:
    return module is None or f"{module}.".startswith(PREFIX)


def members_of(cls: type) -> list[str]:
    """Return public members that a class defines itself, settings of users left out."""
    settings = ("wait_time", "min_wait", "max_wait", "wait_function")
    return [name for name in vars(cls) if not name.startswith("_") and name not in settings]


def theirs() -> dict[str, Any]:
    import locust

    found: dict[str, Any] = {}
    names = ["locust", *(one.name for one in pkgutil.walk_packages(locust.__path__, PREFIX))]
    for name in names:
        if name.startswith(("locust.test", "locust.__main__", "locust._version")):
            continue
        try:
            module = importlib.import_module(name)
        except ImportError:
            found[f"{name}:(its library is not installed)"] = None
            continue
        for item in names_of(module):
            value = getattr(module, item)
            # What another module makes is compared there.
            is_own = name == "locust" or getattr(value, "__module__", name) == name
            found[f"{name}:{item}"] = parameters_of(value) if is_own else None
            if inspect.isclass(value) and value.__module__ == name:
                for member in members_of(value):
                    found[f"{name}:{item}.{member}"] = parameters_of(
                        inspect.getattr_static(value, member)
                    )
    return found


def ours(names: list[str]) -> dict[str, Any]:
    from locust_like import compat

    compat.install()
    found: dict[str, Any] = {}
    for name in names:
        module_name, _, path = name.partition(":")
        try:
            value: Any = importlib.import_module(module_name)
            for part in path.split("."):
                holder, value = value, getattr(value, part)
        except (ImportError, AttributeError):
            continue
        if inspect.isclass(holder):
            value = inspect.getattr_static(holder, path.rpartition(".")[2])
        found[name] = parameters_of(value)
    return found


sys.stdout.write(json.dumps(ours(json.loads(sys.argv[1])) if len(sys.argv) > 1 else theirs()))
