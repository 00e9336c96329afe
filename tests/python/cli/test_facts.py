"""What is written down about a run before it begins."""

import json
import subprocess
from pathlib import Path

import pytest

from locust_like.cli.facts import options_of, revision_of
from locust_like.cli.versions import versions
from locust_like.plan.sources import CustomSetting, Setting, Settings
from locust_like.stats.masking import masked


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=tester", "-c", "user.email=tester@localhost"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_revision_of_a_checkout(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "locustfile.py").write_text("one")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    clean = revision_of(tmp_path)
    assert clean is not None
    assert (clean.commit, clean.is_modified) == (git(tmp_path, "rev-parse", "HEAD"), False)
    (tmp_path / "locustfile.py").write_text("two")
    changed = revision_of(tmp_path)
    assert changed is not None
    assert changed.is_modified


def test_a_checkout_without_commits_has_no_revision(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert revision_of(tmp_path) is None


def test_a_folder_that_is_no_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert revision_of(tmp_path) is None


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert revision_of(tmp_path) is None


def test_secrets_stay_out() -> None:
    settings = Settings(
        {
            "host": Setting("https://me:hunter2@example.org/x", "command line"),
            "env_vars": Setting(("TOKEN=hunter2",), "command line"),
            "num_users": Setting(5, "environment LOCUST_USERS"),
        },
        {
            "password": CustomSetting("hunter2", "command line", True),
            "region": CustomSetting(Path("eu"), "default", False),
        },
    )
    options = options_of(settings)
    assert "hunter2" not in str(options)
    assert [(one.name, one.value, one.origin) for one in options] == [
        ("host", "https://***@example.org/x", "command line"),
        ("env_vars", ["TOKEN=***"], "command line"),
        ("num_users", 5, "environment LOCUST_USERS"),
        ("password", "***", "command line"),
        ("region", "eu", "default"),
    ]
    json.dumps([one.value for one in options])


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://[::1]:80/a@b", "plain text"])
def test_urls_without_a_password_stay(url: str) -> None:
    assert masked(url) == url


def test_versions_are_those_of_the_linked_libraries() -> None:
    found = versions()
    assert {"locust_like", "python", "gevent", "greenlet"} <= set(found)
    assert all(found.values())
    assert found.get("openssl", "3.0").startswith("3.")
