"""Arguments that locustfiles add."""

import argparse
from collections.abc import Callable

import pytest

from locust_like.errors import SourceError
from locust_like.plan.config_files import Entry
from locust_like.plan.custom import complete, full_help
from locust_like.plan.parser import Parser, make_parser, parse_known
from locust_like.plan.sources import Settings, Sources, merge

AddArguments = Callable[[Parser], object]


def add(parser: Parser) -> None:
    parser.add_argument("--shop", type=int, default="3", help="Number of the shop")
    parser.add_argument("--fast", action="store_true", include_in_web_ui=False)
    parser.add_argument("-k", "--api-key", is_secret=True, env_var="SHOP_KEY", default="")
    group = parser.add_argument_group("Shop")
    group.add_argument("--items", nargs="*", is_required=False, is_multiple=True)
    exclusive = parser.add_mutually_exclusive_group()
    exclusive.add_argument("--red", action="store_true", include_in_web_ui=True)
    exclusive.add_argument("--blue", action="store_true")


def completed(
    *argv: str,
    environ: dict[str, str] | None = None,
    entries: tuple[Entry, ...] = (),
    adds: AddArguments = add,
) -> Settings:
    given, unknown = parse_known(make_parser(), argv)
    settings = merge(given, environ or {}, entries)
    sources = Sources(argv, unknown, environ or {}, entries)
    return complete(settings._replace(sources=sources), adds)


def test_defaults_are_argparses() -> None:
    options = completed("-u", "5").namespace()
    assert (options.shop, options.fast, options.api_key, options.items) == (3, False, "", None)
    assert options.num_users == 5


def test_command_line() -> None:
    settings = completed("--items", "a", "b", "--shop", "7", "--fast", "-k", "x", "Buyer")
    options = settings.namespace()
    assert (options.shop, options.fast, options.api_key) == (7, True, "x")
    assert (options.items, options.user_classes) == (["a", "b"], ["Buyer"])
    assert settings.custom["shop"].origin == "command line"
    assert settings.custom["api_key"].is_secret


def test_values_of_custom_arguments_are_no_user_classes() -> None:
    """Only the second parse knows that 7 belongs to --shop."""
    assert completed("--shop", "7").words("user_classes") == ()


def test_environment() -> None:
    environ = {"LOCUST_SHOP": "8", "SHOP_KEY": "-k", "LOCUST_FAST": "true", "LOCUST_RED": "0"}
    settings = completed(environ=environ)
    options = settings.namespace()
    assert (options.shop, options.api_key, options.fast, options.red) == (8, "-k", True, False)
    assert settings.custom["api_key"].origin == "environment SHOP_KEY"


def test_our_variable_wins() -> None:
    environ = {"LOCUST_SHOP": "8", "LOCUST_LIKE_SHOP": "9"}
    assert completed(environ=environ).namespace().shop == 9


def test_files() -> None:
    entries = (
        Entry("shop", ("4",), False, "locust.conf line 1"),
        Entry("api_key", ("z",), False, "locust.conf line 2"),
        Entry("items", ("a", "b"), True, "locust.conf line 3"),
        Entry("fast", ("true",), False, "locust.conf line 4"),
    )
    settings = completed(entries=entries)
    options = settings.namespace()
    assert (options.shop, options.api_key, options.items) == (4, "z", ["a", "b"])
    assert options.fast is True
    assert settings.custom["shop"].origin == "locust.conf line 1"


@pytest.mark.parametrize(
    ("argv", "environ", "words"),
    [
        (["--shop", "x"], {}, "argument --shop: invalid int value: 'x'."),
        (["--shp", "3"], {}, "unknown option --shp. Did you mean --shop?"),
        (["--build-path", "x"], {}, "--build-path is not available in this version: "),
        (["--red", "--blue"], {}, "not allowed with argument --red."),
        ([], {"LOCUST_SHOP": "x"}, "environment LOCUST_SHOP: argument --shop: invalid int"),
    ],
)
def test_wrong_use(
    argv: list[str], environ: dict[str, str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        completed(*argv, environ=environ)
    assert ended.value.code == 2
    message = capsys.readouterr().err
    assert words in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Entry("shp", ("3",), False, "f line 1"), "f line 1: unknown option shp; did you mean sho"),
        (
            Entry("build-path", ("3",), False, "f line 1"),
            "build-path is not available in this version",
        ),
    ],
)
def test_unknown_keys(entry: Entry, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        completed(entries=(entry,))


def test_unavailable_options_may_be_switched_off() -> None:
    assert completed(entries=(Entry("legacy-ui", ("false",), False, "f line 1"),))


def test_what_is_not_given_reads_as_in_locust() -> None:
    read = completed().namespace()
    assert (read.num_users, read.spawn_rate, read.tags, read.build_path) == (None, None, None, "")
    read = completed("-u", "1", "-T", "a").namespace()
    assert (read.num_users, read.tags) == (1, ["a"])


def test_headful_wins_over_what_says_headless() -> None:
    headless = Entry("headless", ("true",), False, "f line 1")
    assert completed(entries=(headless,)).on("headless")
    assert not completed("--headful", entries=(headless,)).on("headless")


def test_variables_may_have_lists_in_brackets() -> None:
    told = completed(environ={"LOCUST_TAGS": "[a, b]", "LOCUST_EXCLUDE_TAGS": "c d"})
    assert (told.words("tags"), told.words("exclude_tags")) == (("a", "b"), ("c", "d"))


def test_a_worker_gets_required_arguments_from_its_master() -> None:
    def require(parser: Parser) -> None:
        parser.add_argument("--token", required=True)

    settings = complete(merge({"worker": True}, {}), require)
    assert settings.namespace().token is None


def test_required_arguments_may_come_from_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    def require(parser: Parser) -> None:
        parser.add_argument("--token", required=True)

    assert completed(environ={"LOCUST_TOKEN": "t"}, adds=require).namespace().token == "t"
    with pytest.raises(SystemExit):
        completed(adds=require)
    assert "the locustfile requires --token." in capsys.readouterr().err


def test_an_argument_may_have_the_name_of_an_option_that_is_missing() -> None:
    def profile(parser: Parser) -> None:
        parser.add_argument("--build-path", default="a")

    assert completed("--build-path", "b", adds=profile).namespace().build_path == "b"


def test_help_shows_them() -> None:
    text = full_help(str, add)
    assert "Options of the locustfile:\n  --shop SHOP" in text
    assert "Number of the shop" in text
    assert "Shop:\n  --items" in text
    assert "--headless" in text


def test_variables_of_options_that_do_not_exist_are_refused() -> None:
    with pytest.raises(SourceError, match="variable LOCUST_BUILD_PATH is not available"):
        completed(environ={"LOCUST_BUILD_PATH": "page"})
    completed(environ={"LOCUST_BUILD_PATH": "", "LOCUST_HEADFUL": "false"})


def test_flags_of_ours_belong_to_a_locustfile_that_knows_them() -> None:
    """Locust's own example of custom arguments has --env, and many scripts have --iterations."""

    def adds(parser: Parser) -> None:
        parser.add_argument("--iterations", type=int, default=7, help="Rounds of each user")

    settings = completed("--iterations", "3", adds=adds)
    assert settings.namespace().iterations == 3
    assert settings.row("iterations") == (None, "default")
    settings = completed(environ={"LOCUST_ITERATIONS": "4"}, adds=adds)
    assert settings.namespace().iterations == 4
    assert settings.row("iterations") == (None, "default")


def test_flags_of_locusts_belong_to_nobody_else() -> None:
    def adds(parser: Parser) -> None:
        parser.add_argument("--users", type=int)

    with pytest.raises(argparse.ArgumentError, match="conflicting option string: --users"):
        completed(adds=adds)
