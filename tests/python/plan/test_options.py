"""The option table and the command line made from it."""

import pytest

from locust_like.plan.option import SWITCH
from locust_like.plan.options import OPTIONS, UNAVAILABLE
from locust_like.plan.parser import make_parser, parse_command_line


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        parse_command_line(arguments)
    assert ended.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    return output.err


def test_only_what_was_given_is_returned() -> None:
    assert parse_command_line([]) == {}
    assert parse_command_line(["-u", "1k", "--headless"]) == {
        "num_users": 1000,
        "headless": True,
    }


def test_user_classes_may_stand_anywhere() -> None:
    given = parse_command_line(["First", "-u", "5", "Second", "-r", "2", "Third"])
    assert given["user_classes"] == ("First", "Second", "Third")
    assert given["spawn_rate"] == 2.0


def test_units_on_the_command_line() -> None:
    given = parse_command_line(["-t", "1h30m", "-s", "90s", "-r", "1.5k", "-T", "a", "b"])
    assert given == {
        "run_time": 5400.0,
        "stop_timeout": 90.0,
        "spawn_rate": 1500,
        "tags": ("a", "b"),
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-u", "-1"], ["-u/--users", "'-1'", "Valid formats"]),
        (["-u", "abc"], ["'abc' is not a number"]),
        (["-u", "1000000000000"], ["too large", "at most 10,000,000"]),
        (["-u", "nan"], ["Valid formats"]),
        (["-u", "1.5"], ["not a whole number"]),
        (["-r", "0"], ["too small", "at least 0.001 users/s"]),
        (["-r", "inf"], ["Valid formats"]),
        (["-t", "soon"], ["Invalid time span format. Valid formats: 20, 20s, 3m, 2h"]),
        (["-t", "0"], ["too small"]),
        (["-s", "-2"], ["-s/--stop-timeout"]),
        (["-L", "LOUD"], ["none of DEBUG, INFO, WARNING, ERROR, CRITICAL"]),
        (["--exit-code-on-error", "256"], ["at most 255"]),
        (["-u"], ["expected one argument"]),
        (["--hedless"], ["unknown option --hedless", "Did you mean --headless?"]),
        (["--run-tme=5"], ["unknown option --run-tme", "Did you mean --run-time?"]),
        (["--zzzzzz"], ["unknown option --zzzzzz", "--help"]),
        (["--build-path=x"], ["--build-path is not available in this version: the web page is"]),
        (["--slave"], ["--slave is not available in this version: it is called --worker"]),
        (["--processes", "-2"], ["'-2' is neither 1 to 1,000 nor -1"]),
        (["--processes", "many"], ["'many' is neither 1 to 1,000 nor -1"]),
        (["--master-port", "0"], ["too small: at least 1"]),
        (["--worker-weight", "0"], ["too small: at least 0.01"]),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    message = refused(arguments, capsys)
    assert [word for word in words if word not in message] == []


def test_as_many_processes_as_cores() -> None:
    assert parse_command_line(["--processes", "-1"]) == {"processes": -1}


def test_zero_users_are_allowed() -> None:
    assert parse_command_line(["-u", "0"]) == {"num_users": 0}


def test_log_levels_are_case_insensitive() -> None:
    assert parse_command_line(["-L", "debug"]) == {"loglevel": "DEBUG"}


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_command_line(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith("Usage: locust-like [options] [UserClass ...]")
    assert [f for option in OPTIONS for f in option.flags if f not in text] == []


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_command_line(["-V"], lambda: "the version")
    assert ended.value.code == 0
    assert capsys.readouterr().out == "the version\n"


def test_rows_are_unique_and_documented() -> None:
    flags = [flag for option in OPTIONS for flag in option.flags]
    variables = [option.env for option in OPTIONS if option.env]
    assert len(set(flags)) == len(flags)
    assert len(set(variables)) == len(variables)
    assert not set(UNAVAILABLE) & set(flags)
    assert [o.name for o in OPTIONS if not o.help.endswith(".")] == []
    assert [o.name for o in OPTIONS if o.kind is not SWITCH and not o.metavar] == []


def test_defaults_pass_their_own_checks() -> None:
    for option in OPTIONS:
        if isinstance(option.default, str | int | float) and option.kind is not SWITCH:
            assert option.parse(str(option.default).removesuffix(".0")) == option.default


def test_long_options_are_never_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    """An abbreviation would change its meaning when a later version adds an option."""
    assert "unknown option --head" in refused(["--head"], capsys)


def test_parser_adds_nothing_of_its_own() -> None:
    assert vars(make_parser().parse_args(["--json"])) == {"json": True}
