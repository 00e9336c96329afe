"""The import hook that answers `import locust`.

Alias modules are made when they are imported, and their names looked up when they are used, so that
a locustfile pays for what it names. Copying our modules under Locust's names was rejected: the two
do not have the same shape.

Scripts assign to Locust's modules (`locust.events = Events()`, `locust.stats.PERCENTILES_TO_REPORT
= ...`) and expect that it takes effect. So an assignment goes on to the module that the name stands
for, which looks its own names up when it uses them; deleting the name takes the assignment back,
which is how `unittest.mock.patch` ends.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from operator import attrgetter
from types import ModuleType

from locust_like.compat.names import MODULES
from locust_like.errors import LocustError


class AliasModule(ModuleType):
    """A module of Locust's whose names are ours."""

    def __getattr__(self, name: str) -> object:
        """Load one of our names when it is first used."""
        target = MODULES[self.__name__].get(name)
        if target is None and f"{self.__name__}.{name}" in MODULES:
            # Importing Locust imports its modules, so `locust.stats` needs no import of its own.
            return import_module(f"{self.__name__}.{name}")
        if target is None:
            msg = f"locust_like has no counterpart of {self.__name__}.{name}"
            raise AttributeError(msg)
        value = resolve(target)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        """Assign one of our names where it lives, too."""
        target = MODULES[self.__name__].get(name)
        # The import machinery puts a submodule into its parent; in `locust.user` that would hide
        # the decorator `task`, which has the name of a submodule there.
        if target is not None and isinstance(value, AliasModule):
            return
        if target is not None:
            module, attribute = _owner(target)
            if attribute:
                _originals.setdefault(target, getattr(module, attribute))
                setattr(module, attribute, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        """Take an assignment back."""
        target = MODULES[self.__name__].get(name)
        if target is not None and target in _originals:
            module, attribute = _owner(target)
            setattr(module, attribute, _originals.pop(target))
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *MODULES[self.__name__]})


class AliasFinder(MetaPathFinder, Loader):
    """Finds and makes the modules of the table."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Answer for the modules of the table; any other name is somebody else's."""
        if fullname not in MODULES:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in MODULES)
        return spec_from_loader(fullname, self, origin="locust_like.compat", is_package=is_package)

    def create_module(self, spec: ModuleSpec) -> AliasModule:
        """Make an alias module."""
        return AliasModule(spec.name, f"locust_like's counterpart of {spec.name}.")

    def exec_module(self, module: ModuleType) -> None:
        """Say what `import *` takes."""
        module.__all__ = [  # type: ignore[attr-defined]  # a module may say so
            name
            for name in MODULES[module.__name__]
            if (module.__name__, name) != _NOT_TAKEN and (name[0] != "_" or name == "__version__")
        ]


_NOT_TAKEN = ("locust", "Events")
"""What Locust leaves out of its `__all__`, though it has it."""

_originals: dict[str, object] = {}
"""What our names stood for before scripts assigned to them."""


def _owner(target: str) -> tuple[object, str]:
    """Return the module or class that holds what an entry stands for, and its name there."""
    module_name, _, attribute = target.partition(":")
    holder, _, last = attribute.rpartition(".")
    module = import_module(module_name)
    return (attrgetter(holder)(module) if holder else module), last


def resolve(target: str) -> object:
    """Return what an entry of the table stands for.

    Args:
        target: "module" or "module:attribute", the attribute may have dots.
    """
    owner, attribute = _owner(target)
    return getattr(owner, attribute) if attribute else owner


def install() -> None:
    """Let `locust` and its modules mean ours from now on; a second call changes nothing.

    Raises:
        LocustError: the real Locust is imported already.
    """
    if any(isinstance(finder, AliasFinder) for finder in sys.meta_path):
        return
    if "locust" in sys.modules:
        msg = "locust is imported already; install() has to come before"
        raise LocustError(msg)
    sys.meta_path.insert(0, AliasFinder())
