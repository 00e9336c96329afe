"""Imports and #includes obey the layer rules: an arrow not listed here is forbidden.

`docs/navigating.md` shows the same table for people.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "locust_like"
CORE = ROOT / "csrc"

CPP_LAYERS: dict[str, set[str]] = {
    "base": set(),
    "stats": {"base"},
    "http": {"base"},
    "tls": {"base"},
    "loop": {"base"},
    "load": {"base"},
    "client": {"base", "http", "tls", "loop", "stats/capture.h", "stats/sample.h"},
    "engine": {"base", "client", "stats", "loop", "load"},
    "cluster": {"base", "stats"},
    "target": {"base", "http", "tls", "loop"},
}
CPP_LAYERS["bindings"] = set(CPP_LAYERS)

# Each foreign header has one owner (the wake-up's eventfd two: the loop and the bridge).
FOREIGN_OWNERS: dict[str, set[str]] = {
    r"uv\.h|uv/.*|ares.*\.h|sys/timerfd\.h": {"loop"},
    r"sys/eventfd\.h": {"loop", "bindings"},
    r"openssl/.*": {"tls"},
    r"zmq.*\.h(pp)?": {"cluster"},
    r"llhttp\.h|nghttp2/.*|zlib\.h|brotli/.*|zstd\.h|libpsl\.h|idn2\.h": {"http"},
    r"pybind11/.*|Python\.h|structmember\.h|greenlet.*|datetime\.h": {"bindings"},
}

# For library use, when it is called: the one file that reaches up.
LAZY = {"runtime.environment": {"web.library", "web.server"}}

# What every layer may import; these import nothing of ours.
PY_COMMON = {"errors", "events", "interfaces", "_version"}
PY_LAYERS: dict[str, set[str]] = {
    **{name: set() for name in PY_COMMON},
    "client": {"_core"},
    "stats": {"_core"},
    "users": {"client", "stats", "_core"},
    "plan": {"users"},
    "outputs": {"stats"},
    "runtime": {"plan", "users", "stats", "_core", "outputs.base"},
    "web": {"stats", "outputs", "runtime"},
    "contrib": {"users", "client", "outputs"},
    "templates": set(),
    "compat": {"client", "stats", "users", "plan", "outputs", "runtime", "_core", "__init__"},
}
PY_LAYERS["cli"] = {*PY_LAYERS, "_core", "__init__"}
PY_LAYERS["__main__"] = {"cli"}
PY_LAYERS["__init__"] = {"client", "stats", "users", "plan", "outputs", "runtime", "_core"}


def cpp_arrows(path: Path) -> Iterator[str]:
    """Yield what a file includes, written as in the source."""
    yield from re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', path.read_text(), re.MULTILINE)


def cpp_files() -> list[Path]:
    return sorted(p for p in CORE.rglob("*") if p.suffix in {".h", ".cc"})


def py_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def py_layer(module: str) -> str:
    """Return the layer of a dotted module name below the package."""
    return module.split(".", maxsplit=1)[0] or "__init__"


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def py_arrows(path: Path) -> Iterator[str]:
    """Yield the modules of ours that a file imports, type-only imports included."""
    package = ["locust_like", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, node.module] if node.module else base)
            names = [
                f"{origin}.{a.name}" if origin == "locust_like" else origin for a in node.names
            ]
        for name in names:
            if name == "locust_like" or name.startswith("locust_like."):
                yield name.removeprefix("locust_like").removeprefix(".")


def allowed_py(layer: str, module: str) -> bool:
    """Tell whether a layer may import a module."""
    if py_layer(module) == layer or py_layer(module) in PY_COMMON or not is_module(module):
        return layer not in PY_COMMON or not is_module(module)
    may = PY_LAYERS[layer]
    return py_layer(module) in may or any(module == m or module.startswith(m + ".") for m in may)


def is_module(name: str) -> bool:
    """Tell a module from a public name: `from locust_like import HttpUser` reads the face."""
    first = PACKAGE / name.split(".", maxsplit=1)[0]
    return first.is_dir() or any(first.with_suffix(s).exists() for s in (".py", ".pyi"))


@pytest.mark.parametrize("path", cpp_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_includes_follow_the_layers(path: Path) -> None:
    layer = path.relative_to(CORE).parts[0]
    may = CPP_LAYERS[layer] | {layer}
    ours = [name for name in cpp_arrows(path) if name.split("/")[0] in CPP_LAYERS]
    assert [n for n in ours if n.split("/")[0] not in may and n not in may] == []


@pytest.mark.parametrize("path", cpp_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_foreign_headers_have_one_owner(path: Path) -> None:
    layer = path.relative_to(CORE).parts[0]
    strangers = [
        name
        for name in cpp_arrows(path)
        for pattern, owners in FOREIGN_OWNERS.items()
        if re.fullmatch(pattern, name) and layer not in owners
    ]
    assert strangers == []


@pytest.mark.parametrize("path", py_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_follow_the_layers(path: Path) -> None:
    layer = py_layer(module_of(path))
    assert layer in PY_LAYERS, f"{layer} is no layer: add it to the table and to the documentation"
    may = LAZY.get(module_of(path), set())
    assert [m for m in py_arrows(path) if not allowed_py(layer, m) and m not in may] == []


def test_the_link_graph_is_the_same_table() -> None:
    """CMake links a layer to nothing that the table does not allow."""
    cmake = (CORE / "CMakeLists.txt").read_text()
    linked = re.findall(
        r"^ll_layer\((\w+)(?: LAYERS ([\w ]+?))?(?: PARTS[^)]*)?\)", cmake, re.MULTILINE
    )
    assert {name for name, _ in linked} == set(CPP_LAYERS) - {"bindings"}
    for name, layers in linked:
        folders = {arrow.split("/")[0] for arrow in CPP_LAYERS[name]}
        assert set(layers.split()) <= folders


def test_a_forbidden_arrow_is_seen() -> None:
    """The rules can fail: each of these would be an error."""
    assert not allowed_py("client", "users.user")
    assert not allowed_py("runtime", "cli.main")
    assert not allowed_py("errors", "client.session")
    assert not allowed_py("runtime", "outputs.console")
    assert allowed_py("runtime", "outputs.base")
    assert allowed_py("users", "errors")
