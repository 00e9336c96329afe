"""The public names: sorted, complete, documented; the typed face equals the extension."""

import ast
import inspect
from pathlib import Path

import locust_like
from locust_like import _core


def stub_names(body: list[ast.stmt]) -> set[str]:
    """Return what a stub's body declares, private names and dunders left out."""
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


def stub(checkout: Path) -> ast.Module:
    return ast.parse((checkout / "locust_like/_core.pyi").read_text())


def public(thing: object) -> set[str]:
    return {name for name in vars(thing) if not name.startswith("_")}


def test_all_is_sorted_and_complete() -> None:
    names = locust_like.__all__
    assert list(names) == sorted(names)
    assert len(set(names)) == len(names)
    assert [name for name in names if not hasattr(locust_like, name)] == []
    assert {name for name in dir(locust_like) if not name.startswith("_")} >= {
        name for name in names if not name.startswith("_")
    }


def test_every_public_name_is_documented() -> None:
    undocumented = [
        name
        for name in locust_like.__all__
        if (inspect.isclass(thing := getattr(locust_like, name)) or inspect.isroutine(thing))
        and not inspect.getdoc(thing)
    ]
    assert undocumented == []


def test_the_stub_declares_exactly_what_the_extension_has(checkout: Path) -> None:
    assert stub_names(stub(checkout).body) == public(_core)


def test_the_stub_declares_every_member_of_every_type(checkout: Path) -> None:
    differences = {}
    for node in stub(checkout).body:
        if isinstance(node, ast.ClassDef):
            cls = getattr(_core, node.name)
            extra = public(cls) - stub_names(node.body)
            missing = {n for n in stub_names(node.body) if not hasattr(cls, n)}
            if extra or missing:
                differences[node.name] = {"only in extension": extra, "only in stub": missing}
    assert differences == {}


def test_the_stub_documents_every_function_and_type(checkout: Path) -> None:
    """The text stands in the stub alone, so that it cannot differ from the extension's."""
    undocumented = [
        node.name
        for node in stub(checkout).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not ast.get_docstring(node)
    ]
    assert undocumented == []
