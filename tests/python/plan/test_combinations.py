"""Options that make sense only together."""

import pytest

from locust_like.errors import SourceError
from locust_like.plan.combinations import check_combinations, script_variables
from locust_like.plan.option import Value
from locust_like.plan.sources import merge


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"headless": True},
        {"autostart": True},
        {"autostart": True, "autoquit": 0.0},
        {"list_commands": True},
        {"show_task_ratio_json": True},
        {"headless": True, "csv_full_history": True, "csv_prefix": "x"},
    ],
)
def test_good(given: dict[str, Value]) -> None:
    check_combinations(merge(given, {}))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"master": True, "worker": True}, "--master and --worker exclude each other"),
        ({"tls_cert": "x.pem"}, "--tls-cert and --tls-key are needed together"),
        ({"headless": True, "autoquit": 5.0}, "only meaningful in combination with --autostart"),
        ({"headless": True, "csv_full_history": True}, "'--csv-full-history' requires '--csv'"),
        ({"headless": True, "env_vars": ("A",)}, "-e takes NAME=VALUE, and 'A' is not that"),
    ],
)
def test_bad(given: dict[str, Value], words: str) -> None:
    with pytest.raises(SourceError, match=words):
        check_combinations(merge(given, {}))


def test_script_variables() -> None:
    settings = merge({"env_vars": ("A=1", "B=x=y", "C=")}, {})
    assert script_variables(settings) == {"A": "1", "B": "x=y", "C": ""}


@pytest.mark.parametrize("text", ["=1", "A B=1", "1A=2", ""])
def test_names_of_variables(text: str) -> None:
    with pytest.raises(SourceError, match="-e takes NAME=VALUE"):
        script_variables(merge({"env_vars": (text,)}, {}))
