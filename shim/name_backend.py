"""Builds the wheel that offers the package name `locust` (PEP 517).

All that the package does is to let `locust_like.compat` answer. What editors and type checkers read
is written from the table of names, so that it cannot fall behind. A build backend of somebody else
was rejected: the wheel is a dozen small texts, and this way it needs nothing from the network.
"""

from __future__ import annotations

import base64
import hashlib
import runpy
import tomllib
import zipfile
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_PACKAGE = _HERE.parent / "locust_like"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of all files: equal sources give equal wheels."""

_INIT = '''"""Locust's name for locust_like; see locust_like.compat."""

import os
import sys
from importlib import import_module

import locust_like
from locust_like import compat

if not os.environ.get("LOCUST_SKIP_MONKEY_PATCH"):
    locust_like.patch()
# The package that is being imported is what the import machinery finds here afterwards.
del sys.modules["locust"]
compat.install()
import_module("locust")
'''
_WHEEL = "Wheel-Version: 1.0\nGenerator: name_backend\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_ENTRY_POINTS = "[console_scripts]\nlocust = locust_like.cli.main:main\n"


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Write the wheel and return its file name."""
    del config_settings, metadata_directory
    project = tomllib.loads((_HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = runpy.run_path(str(_PACKAGE / "_version.py"))["__version__"]
    info = f"{project['name']}-{version}.dist-info"
    files = {
        "locust/__init__.py": _INIT,
        "locust/py.typed": "",
        **stubs(runpy.run_path(str(_PACKAGE / "compat/names.py"))["MODULES"]),
        f"{info}/METADATA": _metadata(project, version),
        f"{info}/WHEEL": _WHEEL,
        f"{info}/entry_points.txt": _ENTRY_POINTS,
    }
    rows = [f"{name},sha256={_digest(text)},{len(text.encode())}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    name = f"{project['name']}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, text in files.items():
            wheel.writestr(zipfile.ZipInfo(path, _EPOCH), text)
    return name


def stubs(modules: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the type stubs of the modules of the table, by their paths."""
    packages = {name.rpartition(".")[0] for name in modules}
    return {
        name.replace(".", "/") + ("/__init__.pyi" if name in packages else ".pyi"): "".join(
            f"{line}\n" for own, target in sorted(names.items()) for line in _declared(own, target)
        )
        for name, names in modules.items()
    }


def _declared(name: str, target: str) -> list[str]:
    """Return the lines that declare a name which stands for one of ours."""
    module, _, attribute = target.partition(":")
    owner, _, member = attribute.partition(".")
    if not attribute:
        module, _, owner = module.rpartition(".")
    if member:
        return [f"from {module} import {owner} as _{name}", f"{name} = _{name}.{member}"]
    return [f"from {module} import {owner} as {name}"]


def _metadata(project: dict[str, Any], version: str) -> str:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {version}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {name}" for name in project["dependencies"]),
    ]
    return "\n".join(lines) + "\n"


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
