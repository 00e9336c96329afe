"""There is one version number, and everything that shows it agrees."""

import re
from importlib import metadata
from pathlib import Path

import locust_like
from locust_like import _core
from locust_like._version import __version__


def test_extension_and_package_agree() -> None:
    assert _core.__version__ == __version__
    assert locust_like.__version__ == __version__


def test_package_metadata_agrees() -> None:
    assert metadata.version("locust_like") == __version__


def test_changelog_knows_the_version(checkout: Path) -> None:
    changelog = (checkout / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[?([^\]\s]+)", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert __version__ in headings[1:2] or headings == ["Unreleased"]
