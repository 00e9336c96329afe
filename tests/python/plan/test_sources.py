"""Defaults, environment, command line: who wins, and what is remembered."""

import pytest

from locust_like.errors import SourceError
from locust_like.plan.config_files import Entry
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
    assert not options.master
    assert options.num_users is None
    assert options.user_classes == []


def test_scripts_read_what_locust_has_for_options_that_were_not_given() -> None:
    options = merge({"autoquit": 5.0, "stop_timeout": 1.5}, {}).namespace()
    assert (repr(options.autoquit), repr(options.stop_timeout)) == ("5", "1.5")
    options = merge({}, {}).namespace()
    assert (options.autoquit, options.tls_cert, options.tls_key) == (-1, "", "")
    assert (options.num_users, options.tags, repr(options.stop_timeout)) == (None, None, "0")


def test_a_value_of_the_wrong_kind_is_a_programming_error() -> None:
    settings = merge({}, {})
    with pytest.raises(TypeError, match="host is no number"):
        settings.number("host")
    with pytest.raises(TypeError, match="num_users is no list"):
        settings.words("num_users")


def entry(key: str, *texts: str, is_list: bool = False, origin: str = "a.conf line 1") -> Entry:
    return Entry(key, texts, is_list, origin)


def test_who_wins() -> None:
    entries = [
        entry("users", "1"),
        entry("u", "2", origin="b.conf line 3"),
        entry("spawn_rate", "2"),
        entry("--host", "http://file"),
        entry("run-time", "1h"),
    ]
    environ = {"LOCUST_SPAWN_RATE": "3", "LOCUST_LIKE_HOST": "http://ours", "LOCUST_HOST": "x"}
    settings = merge({"run_time": 5.0}, environ, entries)
    assert settings.rows["num_users"] == (2, "b.conf line 3")
    assert settings.rows["spawn_rate"] == (3.0, "environment LOCUST_SPAWN_RATE")
    assert settings.rows["host"] == ("http://ours", "environment LOCUST_LIKE_HOST")
    assert settings.rows["run_time"] == (5.0, COMMAND_LINE)


def test_lists_of_files() -> None:
    entries = [entry("tags", "a", "b c", is_list=True), entry("config-users", "{}")]
    settings = merge({}, {}, entries)
    assert settings.words("tags") == ("a", "b c")
    assert settings.words("config_users") == ("{}",)


def test_the_environment_can_turn_a_switch_of_a_file_off() -> None:
    assert not merge({}, {"LOCUST_HEADLESS": "0"}, [entry("headless", "true")]).on("headless")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (entry("users", "many"), "a.conf line 1: users: 'many' is not a number"),
        (entry("users", "1", "2", is_list=True), "users takes one value, not a list"),
        (entry("config", "b.conf"), "a file cannot name further files"),
    ],
)
def test_a_wrong_line_is_named(found: Entry, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        merge({}, {}, [found])


def test_variables_of_locusts_cluster_mean_the_same_here() -> None:
    environ = {
        "LOCUST_MODE_WORKER": "true",
        "LOCUST_MASTER_NODE_HOST": "10.0.0.7",
        "LOCUST_MASTER_NODE_PORT": "5000",
        "LOCUST_PROCESSES": "-1",
    }
    settings = merge({}, environ)
    assert settings.on("worker")
    assert not settings.on("master")
    assert (settings.text("master_host"), settings.number("master_port")) == ("10.0.0.7", 5000)
    assert settings.number("processes") == -1


def test_a_second_name_of_an_option() -> None:
    settings = merge({"csv_full_history": True}, {})
    assert settings.on("stats_history_enabled")
    assert settings.namespace().stats_history_enabled is True


def test_a_number_that_may_be_absent() -> None:
    assert merge({}, {}).number_if_given("iterations") is None
    assert merge({"iterations": 5}, {}).number_if_given("iterations") == 5
