"""Every entry of the table stands for something, and for the same thing everywhere."""

import pytest

from locust_like.compat.hook import resolve
from locust_like.compat.names import MODULES

ENTRIES = [
    (module, name, target) for module, names in MODULES.items() for name, target in names.items()
]


@pytest.mark.parametrize(("module", "name", "target"), ENTRIES)
def test_every_entry_resolves(module: str, name: str, target: str) -> None:
    assert resolve(target) is not None, f"{module}.{name}"


def test_one_name_means_one_thing_in_all_modules() -> None:
    targets: dict[str, set[str]] = {}
    for _, name, target in ENTRIES:
        targets.setdefault(name, set()).add(target)
    assert {name: found for name, found in targets.items() if len(found) > 1} == {}


def test_parents_of_modules_are_in_the_table() -> None:
    assert {name.rpartition(".")[0] for name in MODULES} - {""} <= set(MODULES)
