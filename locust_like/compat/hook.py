"""The import hook that answers `import locust`.

Alias modules are made when they are imported, and their names looked up when they are used, so that
a locustfile pays for what it names. Copying our modules under Locust's names was rejected: the two
do not have the same shape.
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
        if target is None:
            msg = f"locust_like has no counterpart of {self.__name__}.{name}"
            raise AttributeError(msg)
        value = resolve(target)
        super().__setattr__(name, value)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # The import machinery puts a submodule into its parent; in `locust.user` that would hide
        # the decorator `task`, which has the name of a submodule there.
        if isinstance(value, AliasModule) and name in MODULES[self.__name__]:
            return
        super().__setattr__(name, value)

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
            name for name in MODULES[module.__name__] if not name.startswith("_")
        ]


def resolve(target: str) -> object:
    """Return what an entry of the table stands for.

    Args:
        target: "module" or "module:attribute", the attribute may have dots.
    """
    module_name, _, attribute = target.partition(":")
    module = import_module(module_name)
    return attrgetter(attribute)(module) if attribute else module


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
