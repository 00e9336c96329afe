"""Defaults, environment, command line: who wins, and what is remembered."""

import pytest

from locust_like.errors import SourceError
from locust_like.plan.options import OPTIONS, USER_CLASSES
from locust_like.plan.sources import COMMAND_LINE, DEFAULT, merge


def test_every_option_has_a_value() -> None:
    settings = merge({}, {})
    assert set(settings.rows) == {option.name for option in (USER_CLASSES, *OPTIONS)}
    assert {row.origin for row in settings.rows.values()} == {DEFAULT}
    assert settings.number("num_users") == 1
    assert settings.text("host") is None


def test_the_command_line_beats_the_environment() -> None:
    environ = {"LOCUST_USERS": "2k", "LOCUST_SPAWN_RATE": "0.5"}
    settings = merge({"num_users": 7}, environ)
    assert settings.number("num_users") == 7
    assert settings.origin("num_users") == COMMAND_LINE
    assert settings.number("spawn_rate") == 0.5
    assert settings.origin("spawn_rate") == "environment LOCUST_SPAWN_RATE"


def test_switches_and_lists_from_the_environment() -> None:
    environ = {
        "LOCUST_HEADLESS": "true",
        "LOCUST_ONLY_SUMMARY": "0",
        "LOCUST_TAGS": "a, b c",
        "LOCUST_USER_CLASSES": "One Two",
    }
    settings = merge({}, environ)
    assert settings.on("headless")
    assert not settings.on("only_summary")
    assert settings.words("tags") == ("a", "b", "c")
    assert settings.words("user_classes") == ("One", "Two")


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(
        SourceError, match=r"^environment variable LOCUST_RUN_TIME: .*Valid formats"
    ):
        merge({}, {"LOCUST_RUN_TIME": "soon"})


def test_options_without_a_variable_ignore_the_environment() -> None:
    assert not merge({}, {"LOCUST_JSON": "true"}).on("json")


def test_namespace_has_locusts_names() -> None:
    options = merge({"tags": ("a",), "csv_prefix": "x"}, {}).namespace()
    assert options.tags == ["a"]
    assert options.csv_prefix == "x"
    assert options.num_users == 1
    assert options.user_classes == []


def test_a_value_of_the_wrong_kind_is_a_programming_error() -> None:
    settings = merge({}, {})
    with pytest.raises(TypeError, match="host is no number"):
        settings.number("host")
    with pytest.raises(TypeError, match="num_users is no list"):
        settings.words("num_users")
