"""docs/cli.md is what the option table makes of it."""

from pathlib import Path

from locust_like.plan.document import document
from locust_like.plan.options import OPTIONS


def test_the_page_is_the_table(checkout: Path) -> None:
    """Else: python -m locust_like.plan.document docs/cli.md."""
    assert (checkout / "docs/cli.md").read_text() == document()


def test_every_option_is_on_the_page() -> None:
    page = document()
    assert [flag for option in OPTIONS for flag in option.flags if f"`{flag}" not in page] == []
